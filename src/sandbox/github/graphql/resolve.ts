import type { Comment, Edit, Issue, Repository, User } from '../model.ts';
import type { Call } from '../router.ts';
import { associationOf, commentPageUrl, issuePageUrl } from '../shapes/issue.ts';
import { nodeId } from '../shapes/node-id.ts';
import { userNodeId, userShape } from '../shapes/user.ts';
import { fullNameOf } from '../state.ts';
import { type ConnectionArguments, connection, TypedError } from './connection.ts';
import { type TimelineArguments, timelineOf } from './timeline.ts';

const LARGEST_INT = 2 ** 31 - 1;

/** GraphQL's Int has 32 bits: ids beyond it are null here, as with GitHub, and are read from `fullDatabaseId`. */
function databaseId(id: number): number | null {
  return id > LARGEST_INT ? null : id;
}

/** Objects whose members the default resolver reads or calls; none is worked out unless a query asks. */
export function resolveRepository(call: Call, repository: Repository) {
  return {
    __typename: 'Repository',
    id: nodeId('repository', repository.id),
    databaseId: databaseId(repository.id),
    name: repository.name,
    nameWithOwner: fullNameOf(repository),
    isPrivate: repository.private,
    url: `${call.sandbox.html}/${fullNameOf(repository)}`,
    issue: ({ number }: { number: number }) => resolveIssue(call, findIssue(repository, number)),
    issues: (args: IssuesArguments) =>
      connection(listIssues(repository, args), args, (one) => resolveIssue(call, one)),
  };
}

interface IssuesArguments extends ConnectionArguments {
  readonly states?: readonly string[] | null;
  readonly filterBy?: { readonly since?: string | null } | null;
  readonly orderBy?: { readonly field: string; readonly direction: string } | null;
}

/** Issues without pull requests; knows `states`, `since`, and the order by time of the last update. */
function listIssues(repository: Repository, { states, filterBy, orderBy }: IssuesArguments): Issue[] {
  const since = Date.parse(filterBy?.since ?? '');
  const sign = orderBy?.direction === 'DESC' ? -1 : 1;
  return [...repository.issues.values()]
    .filter((one) => !one.deleted && one.movedTo === null && !one.isPullRequest)
    .filter((one) => !states || states.includes(one.state.toUpperCase()))
    .filter((one) => Number.isNaN(since) || Date.parse(one.updatedAt) >= since)
    .sort((a, b) => sign * (a.updatedAt.localeCompare(b.updatedAt) || a.number - b.number));
}

/** A transferred issue is not followed: GitHub answers NOT_FOUND for its old number. */
function findIssue(repository: Repository, number: number): Issue {
  const issue = repository.issues.get(number);
  if (issue === undefined || issue.deleted || issue.movedTo !== null || issue.isPullRequest)
    throw new TypedError('NOT_FOUND', `Could not resolve to an Issue with the number of ${number}.`);
  return issue;
}

export function resolveIssue(call: Call, issue: Issue) {
  return {
    __typename: 'Issue',
    id: nodeId('issue', issue.id),
    databaseId: databaseId(issue.id),
    fullDatabaseId: String(issue.id),
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state.toUpperCase(),
    locked: issue.locked,
    url: issuePageUrl(call.sandbox, issue),
    author: resolveActor(call, issue.author),
    createdAt: issue.createdAt,
    updatedAt: issue.updatedAt,
    closedAt: issue.closedAt,
    lastEditedAt: issue.edits.at(-1)?.at ?? null,
    userContentEdits: (args: ConnectionArguments) => resolveEdits(call, issue.edits, args),
    timelineItems: (args: TimelineArguments) =>
      connection(
        timelineOf(call, issue, args.itemTypes, {
          actor: (user) => resolveActor(call, user),
          repository: (repository) => resolveRepository(call, repository),
        }),
        args,
        (one) => one,
      ),
    repository: () => resolveRepository(call, issue.repository),
    comments: (args: ConnectionArguments) =>
      connection(issue.comments.slice(0, Math.max(0, issue.comments.length - call.staleBy)), args, (one) =>
        resolveComment(call, one),
      ),
  };
}

export function resolveComment(call: Call, comment: Comment) {
  const lastEdit = comment.edits.at(-1);
  return {
    __typename: 'IssueComment',
    id: nodeId('comment', comment.id),
    databaseId: databaseId(comment.id),
    fullDatabaseId: String(comment.id),
    body: comment.body,
    url: commentPageUrl(call.sandbox, comment),
    author: resolveActor(call, comment.author),
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    lastEditedAt: lastEdit?.at ?? null,
    editor: lastEdit === undefined ? null : resolveActor(call, lastEdit.editor),
    includesCreatedEdit: lastEdit !== undefined,
    isMinimized: comment.minimized !== null,
    minimizedReason: comment.minimized,
    authorAssociation: associationOf(comment.issue.repository, comment.author),
    issue: () => resolveIssue(call, comment.issue),
    userContentEdits: (args: ConnectionArguments) => resolveEdits(call, comment.edits, args),
  };
}

function resolveEdits(call: Call, edits: readonly Edit[], args: ConnectionArguments) {
  if (call.sandbox.state.refusesEdits)
    throw new TypedError('FORBIDDEN', 'Resource not accessible by integration');
  return connection([...edits].reverse(), args, (one) => resolveEdit(call, one));
}

/** Newest first; `diff` holds the whole text after that edit, and the last one is the text as created. */
function resolveEdit(call: Call, edit: Edit) {
  return {
    createdAt: edit.at,
    editedAt: edit.at,
    deletedAt: null,
    editor: resolveActor(call, edit.editor),
    diff: edit.body,
  };
}

/** Bots have no `[bot]` behind their login in GraphQL, unlike in REST. */
function resolveActor({ sandbox }: Call, user: User) {
  return {
    __typename: user.type,
    id: userNodeId(user),
    databaseId: databaseId(user.id),
    login: user.login.replace(/\[bot\]$/, ''),
    url: userShape(sandbox, user).html_url,
  };
}
