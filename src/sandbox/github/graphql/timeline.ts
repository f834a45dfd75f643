import type { Issue, Repository, TimelineEvent, User } from '../model.ts';
import type { Call } from '../router.ts';
import { issuePageUrl } from '../shapes/issue.ts';
import { nodeId } from '../shapes/node-id.ts';
import { fullNameOf } from '../state.ts';
import type { ConnectionArguments } from './connection.ts';

export interface TimelineArguments extends ConnectionArguments {
  readonly itemTypes?: readonly string[] | null;
}

const TYPES: Record<TimelineEvent['kind'], string> = {
  assigned: 'AssignedEvent',
  unassigned: 'UnassignedEvent',
  closed: 'ClosedEvent',
  reopened: 'ReopenedEvent',
  renamed: 'RenamedTitleEvent',
  labeled: 'LabeledEvent',
  unlabeled: 'UnlabeledEvent',
  'comment-deleted': 'CommentDeletedEvent',
};

/** How the things that events name are resolved. */
export interface Resolvers {
  actor(user: User): unknown;
  repository(repository: Repository): unknown;
}

/** What happened to the issue, oldest first; comments are no part of what is served here. */
export function timelineOf(
  call: Call,
  issue: Issue,
  itemTypes: readonly string[] | null | undefined,
  resolvers: Resolvers,
) {
  const items = [
    ...issue.events.map((event) => resolveEvent(call, issue, event, resolvers)),
    ...crossReferences(call, issue, resolvers),
  ];
  return items
    .filter((item) => !itemTypes || itemTypes.includes(enumName(item.__typename)))
    .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
}

/** AssignedEvent is asked for as ASSIGNED_EVENT. */
function enumName(typename: string): string {
  return typename.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

function resolveEvent(call: Call, issue: Issue, event: TimelineEvent, resolvers: Resolvers) {
  const { kind, actor, at, detail } = event;
  const base = { __typename: TYPES[kind], createdAt: at, actor: resolvers.actor(actor) };
  const someone = () => (detail === null ? null : resolvers.actor(call.sandbox.state.user(detail)));
  switch (kind) {
    case 'assigned':
    case 'unassigned':
      return { ...base, assignee: someone };
    case 'labeled':
    case 'unlabeled':
      return { ...base, label: { name: detail } };
    case 'renamed':
      return { ...base, previousTitle: detail, currentTitle: issue.title };
    case 'comment-deleted':
      return { ...base, deletedCommentAuthor: someone };
    case 'closed':
    case 'reopened':
      return base;
    default:
      return kind satisfies never;
  }
}

/** Pull requests whose text names the issue. */
function crossReferences(call: Call, issue: Issue, resolvers: Resolvers) {
  return [...call.sandbox.state.repositories.values()]
    .flatMap((repository) => [...repository.issues.values()])
    .filter((pull) => pull.isPullRequest && mentions(call, pull, issue))
    .map((pull) => ({
      __typename: 'CrossReferencedEvent',
      createdAt: pull.createdAt,
      actor: resolvers.actor(pull.author),
      source: resolvePull(call, pull, resolvers),
    }));
}

function mentions(call: Call, pull: Issue, issue: Issue): boolean {
  const text = `${pull.title}\n${pull.body}`;
  const names = [issuePageUrl(call.sandbox, issue), `${fullNameOf(issue.repository)}#${issue.number}`];
  if (pull.repository === issue.repository) names.push(`#${issue.number}`);
  return names.some((name) => standsIn(text, name));
}

/** `#1` does not stand in `#12`. */
function standsIn(text: string, name: string): boolean {
  const at = text.indexOf(name);
  return at >= 0 && (!/\d/.test(text.charAt(at + name.length)) || standsIn(text.slice(at + 1), name));
}

function resolvePull(call: Call, pull: Issue, resolvers: Resolvers) {
  return {
    __typename: 'PullRequest',
    id: nodeId('pull', pull.id),
    fullDatabaseId: String(pull.id),
    number: pull.number,
    title: pull.title,
    body: pull.body,
    url: issuePageUrl(call.sandbox, pull),
    merged: pull.merge !== null,
    mergedAt: pull.merge?.at ?? null,
    mergedBy: pull.merge && resolvers.actor(pull.merge.by),
    author: resolvers.actor(pull.author),
    repository: () => resolvers.repository(pull.repository),
  };
}
