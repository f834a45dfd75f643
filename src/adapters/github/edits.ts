/**
 * The texts that comments and issues had before, by GraphQL. GitHub may refuse this one field and answer the rest: the
 * past is then unknown, and nothing fails.
 */
import * as z from 'zod';
import { wellFormed } from '../../markdown/invisible.ts';
import type { EditsProbe, RepositoryRef, TextEdit } from '../../ports.ts';
import type { GitHubOctokit } from './octokit.ts';

const FIELD = 'userContentEdits';

/** The newest texts of a comment; nobody edits more often. */
export const EDITS = `${FIELD}(first: 50) { nodes { editedAt deletedAt diff } }`;

export const edits = z
  .object({
    nodes: z.array(
      z
        .object({ editedAt: z.string(), deletedAt: z.string().nullish(), diff: z.string().nullish() })
        .nullable(),
    ),
  })
  .nullish();

/** GitHub lists the newest first; its `diff` holds the whole text, and nothing once that revision was deleted. */
export function toEdits(found: z.output<typeof edits>): TextEdit[] {
  return (found?.nodes ?? [])
    .flatMap((node) =>
      node ? [{ at: node.editedAt, body: node.diff && !node.deletedAt ? wellFormed(node.diff) : null }] : [],
    )
    .reverse();
}

/** An answer that holds data beside its errors: https://spec.graphql.org/October2021/#sec-Errors */
const partial = z.looseObject({
  name: z.literal('GraphqlResponseError'),
  data: z.looseObject({}),
  errors: z
    .array(z.looseObject({ message: z.string(), path: z.array(z.union([z.string(), z.number()])) }))
    .min(1),
});

export interface TolerantAnswer {
  readonly data: unknown;
  /** GitHub's words when it kept the edits back; null when it did not. */
  readonly refusal: string | null;
}

type Path = readonly (string | number)[];

const isEdits = (path: Path): boolean => path.includes(FIELD);
/** A comment that was deleted a moment ago is one node less. */
const isAbsentNode = (path: Path): boolean => path.length === 2 && path[0] === 'nodes';

/** @throws whatever the request throws, unless only edits were refused, or nodes are gone */
export async function askDespiteEdits(
  octokit: GitHubOctokit,
  query: string,
  variables: Parameters<GitHubOctokit['graphql']>[1],
): Promise<TolerantAnswer> {
  try {
    return { data: await octokit.graphql(query, variables), refusal: null };
  } catch (error) {
    const { success, data: answer } = partial.safeParse(error);
    if (!success || !answer.errors.every(({ path }) => isEdits(path) || isAbsentNode(path))) throw error;
    const refused = answer.errors.find(({ path }) => isEdits(path));
    return { data: answer.data, refusal: refused?.message ?? null };
  }
}

/** GitHub takes this many ids in one request: https://docs.github.com/graphql/reference/queries#nodes */
const MOST_NODES = 100;

const NODES_QUERY = `query pastTexts($ids: [ID!]!) {
  nodes(ids: $ids) { ... on IssueComment { fullDatabaseId ${EDITS} } }
}`;

const nodesAnswer = z.object({
  nodes: z.array(
    z.object({ fullDatabaseId: z.coerce.number().optional(), userContentEdits: edits }).nullable(),
  ),
});

/** A request for every `MOST_NODES` comments. Null when GitHub keeps the past back. */
export async function readPastTexts(
  octokit: GitHubOctokit,
  nodeIds: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, readonly TextEdit[]> | null> {
  const texts = new Map<number, readonly TextEdit[]>();
  for (let from = 0; from < nodeIds.length; from += MOST_NODES) {
    const variables = {
      ids: nodeIds.slice(from, from + MOST_NODES),
      ...(signal ? { request: { signal } } : {}),
    };
    const { data, refusal } = await askDespiteEdits(octokit, NODES_QUERY, variables);
    if (refusal !== null) return null;
    for (const node of nodesAnswer.parse(data).nodes) {
      if (node?.fullDatabaseId !== undefined) texts.set(node.fullDatabaseId, toEdits(node.userContentEdits));
    }
  }
  return texts;
}

const PROBE_QUERY = `query editsProbe($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    issues(first: 1, orderBy: { field: UPDATED_AT, direction: DESC }) { nodes { ${EDITS} } }
  }
}`;

const probeAnswer = z.object({
  repository: z.object({ issues: z.object({ nodes: z.array(z.object({ userContentEdits: edits })) }) }),
});

/** @param place null takes the first repository that the installation's token sees */
export async function probeEdits(octokit: GitHubOctokit, place: RepositoryRef | null): Promise<EditsProbe> {
  const ref = place ?? (await firstRepository(octokit));
  if (ref === null) return { readable: null, why: 'no repository to look at' };
  const { data, refusal } = await askDespiteEdits(octokit, PROBE_QUERY, { ...ref });
  const where = `${ref.owner}/${ref.name}`;
  if (refusal !== null) return { readable: false, why: `GitHub said “${refusal}” about ${where}` };
  const [issue] = probeAnswer.parse(data).repository.issues.nodes;
  if (!issue) return { readable: null, why: `${where} has no issue to look at` };
  return issue.userContentEdits
    ? { readable: true, why: `asked in ${where}` }
    : { readable: null, why: `${where} answered without them` };
}

async function firstRepository(octokit: GitHubOctokit): Promise<RepositoryRef | null> {
  const { data } = await octokit.rest.apps.listReposAccessibleToInstallation({ per_page: 1 });
  const [found] = data.repositories;
  return found ? { owner: found.owner.login, name: found.name } : null;
}
