import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await world.octokit.rest.issues.get(world.at);
});
afterEach(() => world.fake.close());

const COMMENTS = /* GraphQL */ `
  query ($owner: String!, $name: String!, $number: Int!, $first: Int, $after: String) {
    repository(owner: $owner, name: $name) {
      issue(number: $number) {
        comments(first: $first, after: $after) {
          nodes {
            databaseId
            fullDatabaseId
            body
            author { login __typename }
            isMinimized
            minimizedReason
            lastEditedAt
            userContentEdits(first: 10) { nodes { editedAt diff editor { login } } }
          }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  }
`;

interface Page {
  repository: {
    issue: {
      comments: {
        nodes: Record<string, unknown>[];
        pageInfo: { hasNextPage: boolean; endCursor: string | null };
      };
    };
  };
}

const shop = { owner: 'acme', name: 'shop', number: 1, first: 100 };

async function errorsOf(query: string, variables: Record<string, unknown> = {}) {
  const failed = await world.octokit.graphql(query, variables).then(
    () => ({ errors: [] }),
    (error: { errors: { type?: string; message: string }[] }) => error,
  );
  return failed.errors;
}

describe('GraphQL', () => {
  it('shows which comments are hidden, and how they were edited', async () => {
    const { fake, issue, octokit } = world;
    const comment = fake.as('carol').comment(issue, 'first text');
    fake.as('wes').editComment(comment, 'second text');
    fake.as('wes').minimize(comment, 'off-topic');
    fake.as('helper[bot]').comment(issue, 'plain');
    const { repository } = await octokit.graphql<Page>(COMMENTS, shop);
    const [edited, plain] = repository.issue.comments.nodes;
    expect(edited).toMatchObject({
      databaseId: comment.id,
      isMinimized: true,
      minimizedReason: 'off-topic',
      lastEditedAt: comment.updatedAt,
      userContentEdits: {
        nodes: [
          { diff: 'second text', editor: { login: 'wes' } },
          { diff: 'first text', editor: { login: 'carol' } },
        ],
      },
    });
    expect(plain).toMatchObject({
      author: { login: 'helper', __typename: 'Bot' },
      isMinimized: false,
      lastEditedAt: null,
      userContentEdits: { nodes: [] },
    });
  });

  it('is also served where Enterprise Server has it, as REST is', async () => {
    const [authorization] = [...world.fake.state.tokens.keys()].map((token) => `token ${token}`);
    const headers = { authorization: authorization ?? '' };
    const body = JSON.stringify({ query: '{ repository(owner: "acme", name: "shop") { name } }' });
    const answer = await fetch(`${world.fake.url}/api/graphql`, { method: 'POST', headers, body });
    expect(await answer.json()).toEqual({ data: { repository: { name: 'shop' } } });
    const rest = await fetch(`${world.fake.url}/api/v3/repos/acme/shop`, { headers });
    expect(await rest.json()).toMatchObject({ full_name: 'acme/shop' });
  });

  it('pages by cursor', async () => {
    for (let n = 0; n < 130; n += 1) world.fake.as('carol').comment(world.issue, `comment ${n}`);
    const first = (await world.octokit.graphql<Page>(COMMENTS, shop)).repository.issue.comments;
    expect(first.nodes).toHaveLength(100);
    expect(first.pageInfo.hasNextPage).toBe(true);
    const after = first.pageInfo.endCursor;
    const second = (await world.octokit.graphql<Page>(COMMENTS, { ...shop, after })).repository.issue
      .comments;
    expect(second.nodes.map((one) => one.body)).toEqual(
      Array.from({ length: 30 }, (_, n) => `comment ${n + 100}`),
    );
    expect(second.pageInfo.hasNextPage).toBe(false);
  });

  it('has no 32-bit id for comments beyond it, only the full one', async () => {
    const id = 3_000_000_001;
    const issue = world.fake.loadThread({
      repository: 'acme/shop',
      issue: { number: 9, title: 'Saved', body: null },
      comments: [{ id, user: { login: 'carol' }, body: 'late' }],
    });
    const { repository } = await world.octokit.graphql<Page>(COMMENTS, { ...shop, number: issue.number });
    expect(repository.issue.comments.nodes).toMatchObject([{ databaseId: null, fullDatabaseId: String(id) }]);
  });

  it('finds nodes by the ids that REST gives', async () => {
    const { fake, issue, octokit } = world;
    const comment = fake.as('carol').comment(issue, 'found');
    const { data } = await octokit.rest.issues.getComment({
      owner: 'acme',
      repo: 'shop',
      comment_id: comment.id,
    });
    const query = 'query ($id: ID!) { node(id: $id) { ... on IssueComment { body issue { number } } } }';
    expect(await octokit.graphql(query, { id: data.node_id })).toEqual({
      node: { body: 'found', issue: { number: 1 } },
    });
  });

  it('refuses what the schema or GitHub does not allow', async () => {
    expect(
      (await errorsOf('{ repository(owner: "acme", name: "shop") { nonsense } }'))[0]?.message,
    ).toContain('Cannot query field');
    expect((await errorsOf(COMMENTS, { ...shop, first: 101 }))[0]?.type).toBe('EXCESSIVE_PAGINATION');
    const { first: _, ...without } = shop;
    expect((await errorsOf(COMMENTS, without))[0]?.type).toBe('MISSING_PAGINATION_BOUNDARIES');
    expect((await errorsOf(COMMENTS, { ...shop, number: 404 }))[0]?.type).toBe('NOT_FOUND');
    world.fake.addRepository({ owner: 'other', name: 'vault', private: true, installationId: 78 });
    expect((await errorsOf(COMMENTS, { ...shop, owner: 'other', name: 'vault' }))[0]?.type).toBe('NOT_FOUND');
  });
});
