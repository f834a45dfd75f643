/**
 * An issue's past, by GraphQL: every text its comments had, and what its timeline shows. One request reads an issue
 * with up to 100 comments and 100 events; longer ones take a page more each.
 */
import * as z from 'zod';
import { wellFormed } from '../../markdown/invisible.ts';
import type { Author } from '../../pipeline/thread/types.ts';
import type {
  ClosedIssuesPage,
  GitHubHistory,
  IssueRef,
  LinkedPull,
  PastComment,
  PastIssue,
  RateBudget,
  RepositoryRef,
  TimelineEntry,
} from '../../ports.ts';
import { askDespiteEdits, EDITS, edits, probeEdits, readPastTexts, toEdits } from './edits.ts';
import { asking } from './failures.ts';
import type { GitHubOctokit } from './octokit.ts';

const ACTOR = '{ __typename login ... on User { databaseId } ... on Bot { databaseId } }';
const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';
const RATE = 'rateLimit { cost remaining resetAt }';

const TIMELINE_TYPES =
  'ASSIGNED_EVENT, UNASSIGNED_EVENT, CLOSED_EVENT, REOPENED_EVENT, RENAMED_TITLE_EVENT, COMMENT_DELETED_EVENT, CROSS_REFERENCED_EVENT';

const ISSUE_QUERY = `query pastIssue($owner: String!, $name: String!, $number: Int!, $comments: String, $timeline: String, $withComments: Boolean!, $withTimeline: Boolean!) {
  ${RATE}
  repository(owner: $owner, name: $name) {
    databaseId
    nameWithOwner
    isPrivate
    issue(number: $number) {
      fullDatabaseId number title body url state locked createdAt updatedAt closedAt lastEditedAt author ${ACTOR} ${EDITS}
      comments(first: 100, after: $comments) @include(if: $withComments) {
        nodes {
          fullDatabaseId url body createdAt updatedAt lastEditedAt isMinimized authorAssociation author ${ACTOR} ${EDITS}
        }
        ${PAGE_INFO}
      }
      timelineItems(first: 100, after: $timeline, itemTypes: [${TIMELINE_TYPES}]) @include(if: $withTimeline) {
        nodes {
          __typename
          ... on AssignedEvent { createdAt actor ${ACTOR} assignee { ... on User { login } ... on Bot { login } } }
          ... on UnassignedEvent { createdAt actor ${ACTOR} assignee { ... on User { login } ... on Bot { login } } }
          ... on ClosedEvent { createdAt actor ${ACTOR} }
          ... on ReopenedEvent { createdAt actor ${ACTOR} }
          ... on RenamedTitleEvent { createdAt actor ${ACTOR} previousTitle }
          ... on CommentDeletedEvent { createdAt actor ${ACTOR} deletedCommentAuthor ${ACTOR} }
          ... on CrossReferencedEvent {
            createdAt actor ${ACTOR}
            source {
              ... on PullRequest {
                number title body url mergedAt author ${ACTOR} mergedBy ${ACTOR} repository { nameWithOwner }
              }
            }
          }
        }
        ${PAGE_INFO}
      }
    }
  }
}`;

const CLOSED_QUERY = `query closedIssues($owner: String!, $name: String!, $after: String, $since: DateTime) {
  ${RATE}
  repository(owner: $owner, name: $name) {
    databaseId
    isPrivate
    issues(first: 100, after: $after, states: CLOSED, filterBy: { since: $since }, orderBy: { field: UPDATED_AT, direction: ASC }) {
      totalCount
      nodes { number updatedAt comments(first: 1) { totalCount } }
      ${PAGE_INFO}
    }
  }
}`;

const REACTIONS_PAGE = 100;
const FILES_PAGE = 100;

const actor = z
  .looseObject({ __typename: z.string(), login: z.string(), databaseId: z.number().nullish() })
  .nullish();
const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });
const rateLimit = z.object({ remaining: z.number(), resetAt: z.string() }).nullish();

const comment = z.object({
  fullDatabaseId: z.coerce.number(),
  url: z.string(),
  body: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  lastEditedAt: z.string().nullish(),
  isMinimized: z.boolean(),
  authorAssociation: z.string(),
  author: actor,
  userContentEdits: edits,
});

const pull = z.looseObject({
  number: z.number().optional(),
  title: z.string().optional(),
  body: z.string().nullish(),
  url: z.string().optional(),
  mergedAt: z.string().nullish(),
  author: actor,
  mergedBy: actor,
  repository: z.object({ nameWithOwner: z.string() }).optional(),
});

const timelineItem = z.looseObject({
  __typename: z.string(),
  createdAt: z.string().optional(),
  actor,
  assignee: z.looseObject({ login: z.string().optional() }).nullish(),
  previousTitle: z.string().nullish(),
  deletedCommentAuthor: actor,
  source: pull.nullish(),
});

const issue = z.object({
  fullDatabaseId: z.coerce.number(),
  number: z.number(),
  title: z.string(),
  body: z.string(),
  url: z.string(),
  state: z.enum(['OPEN', 'CLOSED']),
  locked: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  closedAt: z.string().nullish(),
  lastEditedAt: z.string().nullish(),
  author: actor,
  userContentEdits: edits,
  comments: z.object({ nodes: z.array(comment.nullable()), pageInfo }).optional(),
  timelineItems: z.object({ nodes: z.array(timelineItem.nullable()), pageInfo }).optional(),
});

const issueAnswer = z.object({
  rateLimit,
  repository: z.object({
    databaseId: z.number(),
    nameWithOwner: z.string(),
    isPrivate: z.boolean(),
    issue,
  }),
});

const closedAnswer = z.object({
  rateLimit,
  repository: z.object({
    databaseId: z.number(),
    isPrivate: z.boolean(),
    issues: z.object({
      totalCount: z.number(),
      nodes: z.array(
        z
          .object({
            number: z.number(),
            updatedAt: z.string(),
            comments: z.object({ totalCount: z.number() }),
          })
          .nullable(),
      ),
      pageInfo,
    }),
  }),
});

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

function toPastIssue(repository: z.output<typeof issueAnswer>['repository']) {
  const { issue: found } = repository;
  return {
    repositoryId: repository.databaseId,
    repository: repository.nameWithOwner,
    isPrivate: repository.isPrivate,
    id: found.fullDatabaseId,
    number: found.number,
    url: found.url,
    title: wellFormed(found.title),
    body: wellFormed(found.body),
    author: toAuthor(found.author),
    state: found.state === 'CLOSED' ? ('closed' as const) : ('open' as const),
    locked: found.locked,
    createdAt: found.createdAt,
    updatedAt: found.updatedAt,
    closedAt: found.closedAt ?? null,
    edits: toEdits(found.userContentEdits),
    lastEditedAt: found.lastEditedAt ?? null,
  };
}

function toPastComment(node: z.output<typeof comment>): PastComment {
  return {
    id: node.fullDatabaseId,
    url: node.url,
    author: toAuthor(node.author),
    body: wellFormed(node.body),
    createdAt: node.createdAt,
    updatedAt: node.updatedAt,
    minimized: node.isMinimized,
    appId: null,
    association: node.authorAssociation,
    edits: toEdits(node.userContentEdits),
    lastEditedAt: node.lastEditedAt ?? null,
  };
}

function toEntry(node: z.output<typeof timelineItem>): TimelineEntry[] {
  const base = { at: node.createdAt ?? '', actor: node.actor ? toAuthor(node.actor) : null };
  switch (node.__typename) {
    case 'AssignedEvent':
    case 'UnassignedEvent':
      return node.assignee?.login
        ? [
            {
              ...base,
              kind: node.__typename === 'AssignedEvent' ? 'assigned' : 'unassigned',
              login: node.assignee.login,
            },
          ]
        : [];
    case 'ClosedEvent':
      return [{ ...base, kind: 'closed' }];
    case 'ReopenedEvent':
      return [{ ...base, kind: 'reopened' }];
    case 'RenamedTitleEvent':
      return [{ ...base, kind: 'renamed', previousTitle: wellFormed(node.previousTitle ?? '') }];
    case 'CommentDeletedEvent':
      return [{ ...base, kind: 'comment-deleted', login: node.deletedCommentAuthor?.login ?? 'ghost' }];
    case 'CrossReferencedEvent': {
      const linked = node.source ? toPull(node.source) : null;
      return linked ? [{ ...base, kind: 'linked-pull', pull: linked }] : [];
    }
    default:
      return [];
  }
}

function toPull(source: z.output<typeof pull>): LinkedPull | null {
  if (source.number === undefined || source.repository === undefined) return null;
  return {
    repository: source.repository.nameWithOwner,
    number: source.number,
    url: source.url ?? '',
    title: wellFormed(source.title ?? ''),
    body: wellFormed(source.body ?? ''),
    author: toAuthor(source.author),
    mergedAt: source.mergedAt ?? null,
    mergedBy: source.mergedBy ? toAuthor(source.mergedBy) : null,
  };
}

function toRate(found: z.output<typeof rateLimit>): RateBudget | null {
  return found ? { remaining: found.remaining, resetAt: found.resetAt } : null;
}

/** GraphQL names bots without the `[bot]` that REST puts behind their login. */
function toAuthor(found: z.output<typeof actor>): Author {
  if (!found) return { id: null, login: 'ghost', isBot: false };
  const isBot = found.__typename === 'Bot';
  return { id: found.databaseId ?? null, login: isBot ? `${found.login}[bot]` : found.login, isBot };
}
