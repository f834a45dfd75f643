/** Which comments maintainers hid. Only GraphQL tells, and only to somebody who is signed in. */
import * as z from 'zod';
import type { IssueRef } from '../../ports.ts';
import type { GitHubOctokit } from './octokit.ts';

/** `databaseId` is a 32-bit field that newer ids outgrow; `fullDatabaseId` comes as a string. */
const QUERY = `query minimizedComments($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) {
      comments(first: 100, after: $after) {
        nodes { fullDatabaseId isMinimized }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

const page = z.object({
  repository: z.object({
    issue: z.object({
      comments: z.object({
        nodes: z.array(z.object({ fullDatabaseId: z.coerce.number(), isMinimized: z.boolean() }).nullable()),
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      }),
    }),
  }),
});

type Issue = z.output<typeof page>['repository']['issue'];

/** Every comment's id with whether it is hidden; cursors, unlike numbered pages, miss none while others are deleted. */
export async function minimizedById(
  octokit: GitHubOctokit,
  ref: IssueRef,
  signal?: AbortSignal,
): Promise<Map<number, boolean>> {
  const found = new Map<number, boolean>();
  let after: string | null = null;
  do {
    const answer: unknown = await octokit.graphql(QUERY, {
      ...ref,
      after,
      ...(signal ? { request: { signal } } : {}),
    });
    const { comments }: Issue = page.parse(answer).repository.issue;
    for (const node of comments.nodes) if (node) found.set(node.fullDatabaseId, node.isMinimized);
    after = comments.pageInfo.hasNextPage ? comments.pageInfo.endCursor : null;
  } while (after !== null);
  return found;
}
