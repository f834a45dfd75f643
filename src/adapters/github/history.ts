/**
 * An issue's past, by GraphQL: every text its comments had, and what its timeline shows. One request reads an issue
 * with up to 100 comments and 100 events; longer ones take a page more each.
 */
import { wellFormed } from '../../markdown/invisible.ts';
import type {
  ClosedIssuesPage,
  GitHubHistory,
  IssueRef,
  PastComment,
  PastIssue,
  RepositoryRef,
  TimelineEntry,
} from '../../ports.ts';
import { askDespiteEdits, probeEdits, readPastTexts } from './edits.ts';
import { asking } from './failures.ts';
import { toEntry, toPastComment, toPastIssue, toRate } from './history-map.ts';
import { CLOSED_QUERY, closedAnswer, ISSUE_QUERY, issueAnswer } from './history-queries.ts';
import type { GitHubOctokit } from './octokit.ts';

const REACTIONS_PAGE = 100;
const FILES_PAGE = 100;

export function createHistory(octokit: GitHubOctokit): GitHubHistory {
  return {
    readPastIssue: (ref, signal) =>
      asking('read', `read the past of ${nameOf(ref)}`, () => readPast(octokit, ref, true, signal), signal),
    readTimeline: (ref, signal) =>
      asking(
        'read',
        `read the timeline of ${nameOf(ref)}`,
        async () => (await readPast(octokit, ref, false, signal)).timeline,
        signal,
      ),
    listClosedIssues: (ref, from, signal) =>
      asking(
        'read',
        `list the closed issues of ${ref.owner}/${ref.name}`,
        () => listClosed(octokit, ref, from, signal),
        signal,
      ),
    readPastTexts: (nodeIds, signal) =>
      asking('read', 'read past texts', () => readPastTexts(octokit, nodeIds, signal), signal),
    probeEdits: (ref) => asking('read', 'look at an edit history', () => probeEdits(octokit, ref)),
    readPullFiles: (ref, signal) =>
      asking(
        'read',
        `read the files of ${nameOf(ref)}`,
        async () => {
          const { data } = await octokit.rest.pulls.listFiles({
            owner: ref.owner,
            repo: ref.name,
            pull_number: ref.number,
            per_page: FILES_PAGE,
            ...(signal ? { request: { signal } } : {}),
          });
          return data.map(({ filename, previous_filename, patch }) => ({
            path: wellFormed(filename),
            previousPath: previous_filename === undefined ? null : wellFormed(previous_filename),
            patch: patch === undefined ? null : wellFormed(patch),
          }));
        },
        signal,
      ),
    commentReactions: (ref, commentId) =>
      asking('read', `read the reactions on comment ${commentId}`, async () => {
        const found = await octokit.paginate(octokit.rest.reactions.listForIssueComment, {
          owner: ref.owner,
          repo: ref.name,
          comment_id: commentId,
          per_page: REACTIONS_PAGE,
        });
        return found.flatMap(({ id, content, user, created_at: at }) =>
          user
            ? [{ id, content, at, author: { id: user.id, login: user.login, isBot: user.type === 'Bot' } }]
            : [],
        );
      }),
  };
}

const nameOf = (ref: IssueRef): string => `${ref.owner}/${ref.name}#${ref.number}`;

async function readPast(
  octokit: GitHubOctokit,
  ref: IssueRef,
  withComments: boolean,
  signal?: AbortSignal,
): Promise<PastIssue> {
  const comments: PastComment[] = [];
  const timeline: TimelineEntry[] = [];
  let cursors: { comments: string | null; timeline: string | null } = { comments: null, timeline: null };
  let wanted = { withComments, withTimeline: true };
  for (let requests = 1; ; requests += 1) {
    const variables = { ...ref, ...cursors, ...wanted, ...(signal ? { request: { signal } } : {}) };
    const { data } = await askDespiteEdits(octokit, ISSUE_QUERY, variables);
    const { repository, rateLimit: rate } = issueAnswer.parse(data);
    const found = repository.issue;
    comments.push(...(found.comments?.nodes ?? []).flatMap((node) => (node ? [toPastComment(node)] : [])));
    timeline.push(...(found.timelineItems?.nodes ?? []).flatMap((node) => (node ? toEntry(node) : [])));
    wanted = {
      withComments: found.comments?.pageInfo.hasNextPage ?? false,
      withTimeline: found.timelineItems?.pageInfo.hasNextPage ?? false,
    };
    cursors = {
      comments: found.comments?.pageInfo.endCursor ?? cursors.comments,
      timeline: found.timelineItems?.pageInfo.endCursor ?? cursors.timeline,
    };
    if (!wanted.withComments && !wanted.withTimeline) {
      return { ...toPastIssue(repository), comments, timeline, requests, rate: toRate(rate) };
    }
  }
}

async function listClosed(
  octokit: GitHubOctokit,
  ref: RepositoryRef,
  from: { readonly since: string | null; readonly cursor: string | null },
  signal?: AbortSignal,
): Promise<ClosedIssuesPage> {
  const variables = {
    ...ref,
    since: from.since,
    after: from.cursor,
    ...(signal ? { request: { signal } } : {}),
  };
  const { repository, rateLimit: rate } = closedAnswer.parse(await octokit.graphql(CLOSED_QUERY, variables));
  const { nodes, pageInfo: info, totalCount } = repository.issues;
  return {
    repositoryId: repository.databaseId,
    isPrivate: repository.isPrivate,
    total: totalCount,
    issues: nodes.flatMap((node) =>
      node ? [{ number: node.number, updatedAt: node.updatedAt, comments: node.comments.totalCount }] : [],
    ),
    next: info.hasNextPage ? (info.endCursor ?? null) : null,
    rate: toRate(rate),
  };
}
