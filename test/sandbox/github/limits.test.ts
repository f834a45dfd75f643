import { describe, expect, it } from 'vitest';
import type { FakeGitHubOptions } from '../../../src/sandbox/github/index.ts';
import { failure, startWorld, type World } from './world.ts';

/** A world whose clock stands still until it is moved. */
async function inWorld(
  options: FakeGitHubOptions,
  test: (world: World & { wait: (ms: number) => void; post: () => Promise<unknown> }) => Promise<void>,
): Promise<void> {
  let now = Date.now();
  const world = await startWorld({ ...options, now: () => now });
  const post = () => world.octokit.rest.issues.createComment({ ...world.at, body: 'x' });
  const wait = (ms: number): void => {
    now += ms;
  };
  try {
    await test({ ...world, wait, post });
  } finally {
    await world.fake.close();
  }
}

describe('secondary limits', () => {
  it('keep writes apart', () =>
    inWorld({ minWriteIntervalMs: 1000 }, async ({ post, wait, octokit, at, issue }) => {
      await post();
      wait(999);
      const refused = await failure(post());
      expect(refused).toMatchObject({
        status: 403,
        message: expect.stringContaining('You have exceeded a secondary rate limit'),
        headers: { 'retry-after': '1' },
      });
      await octokit.rest.issues.get(at);
      wait(1);
      await post();
      expect(issue.comments).toHaveLength(2);
    }));

  it('bound the content of a minute', () =>
    inWorld({ contentPerMinute: 2 }, async ({ post, wait }) => {
      await post();
      wait(20_000);
      await post();
      expect((await failure(post())).headers).toMatchObject({ 'retry-after': '40' });
      wait(40_000);
      await post();
      expect((await failure(post())).status).toBe(403);
    }));

  it('bound the content of an hour, but not deletions', () =>
    inWorld({ contentPerHour: 1 }, async ({ post, octokit, issue }) => {
      await post();
      expect((await failure(post())).headers).toMatchObject({ 'retry-after': '3600' });
      const [comment] = issue.comments;
      await octokit.rest.issues.deleteComment({ owner: 'acme', repo: 'shop', comment_id: comment?.id ?? 0 });
      expect(issue.comments).toEqual([]);
    }));

  it('are counted for each installation apart', () =>
    inWorld({ contentPerMinute: 1 }, async ({ post, fake, app }) => {
      const other = fake.addRepository({ owner: 'other', name: 'thing', installationId: 78 });
      fake.addIssue(other, { title: 'Theirs' });
      await post();
      const theirs = await app.getInstallationOctokit(78);
      const where = { owner: 'other', repo: 'thing', issue_number: 1 };
      expect((await theirs.rest.issues.createComment({ ...where, body: 'x' })).status).toBe(201);
      expect((await failure(post())).status).toBe(403);
    }));
});

describe('the primary limit', () => {
  it('is told in every answer and refuses when it is used up', () =>
    inWorld({ requestsPerHour: 2 }, async ({ octokit, at, wait, fake }) => {
      const first = await octokit.rest.issues.get(at);
      expect(first.headers).toMatchObject({
        'x-ratelimit-limit': '2',
        'x-ratelimit-remaining': '1',
        'x-ratelimit-used': '1',
        'x-ratelimit-resource': 'core',
        'x-github-request-id': expect.stringMatching(/^[0-9A-F:]{20,}$/),
      });
      await octokit.rest.issues.get(at);
      const refused = await failure(octokit.rest.issues.get(at));
      expect(refused.status).toBe(403);
      expect(refused.message).toContain('API rate limit exceeded');
      expect(refused.headers['x-ratelimit-remaining']).toBe('0');
      const { data } = await octokit.rest.rateLimit.get();
      expect(data.rate).toMatchObject({ limit: 2, remaining: 0, used: 2 });
      expect(data.rate.reset * 1000).toBeGreaterThan(fake.state.now());
      wait(60 * 60 * 1000);
      expect((await octokit.rest.issues.get(at)).status).toBe(200);
    }));
});

describe('the audit', () => {
  it('logs requests in order, with the installation and the status', () =>
    inWorld({}, async ({ post, octokit, at, fake }) => {
      await post();
      await failure(octokit.rest.issues.get({ ...at, issue_number: 99 }));
      const path = '/repos/acme/shop/issues';
      expect(
        fake.state.audit.entries.map((one) => [one.method, one.path, one.installationId, one.status]),
      ).toEqual([
        ['POST', '/app/installations/77/access_tokens', null, 201],
        ['POST', `${path}/1/comments`, 77, 201],
        ['GET', `${path}/99`, 77, 404],
      ]);
      expect(fake.state.audit.find({ write: true })).toHaveLength(1);
    }));

  it('shows writes that overlap, and the gap between those that do not', async () => {
    const world = await startWorld({ latencyMs: 60 });
    const post = () => world.octokit.rest.issues.createComment({ ...world.at, body: 'x' });
    await post();
    await post();
    const { audit } = world.fake.state;
    expect(audit.overlappingWrites()).toEqual([]);
    expect(audit.shortestWriteGapMs(77)).toBeGreaterThanOrEqual(0);
    await Promise.all([post(), post(), world.octokit.rest.issues.get(world.at)]);
    expect(audit.overlappingWrites()).toHaveLength(1);
    await world.fake.close();
  });
});
