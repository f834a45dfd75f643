import { InputError } from '../../../errors.ts';
import type { Issue, LockReason, PullFile, Repository, StateReason, TimelineEvent, User } from '../model.ts';
import type { Sandbox } from '../sandbox.ts';
import { issueShape, labelShape } from '../shapes/issue.ts';
import { repositoryShape } from '../shapes/repository.ts';
import { userShape } from '../shapes/user.ts';
import { emitOfRepository, issuesPayload } from '../webhooks/events.ts';

export interface NewIssue {
  readonly repository: Repository;
  readonly author: User;
  readonly title: string;
  readonly body: string;
  /** Keeps the number of a saved issue; otherwise the next one. */
  readonly number?: number;
  readonly isPullRequest?: boolean;
  readonly files?: readonly PullFile[];
  /** ISO 8601, now when absent. */
  readonly at?: string;
}

/** Adds an issue without telling anyone. */
export function addIssue({ state }: Sandbox, request: NewIssue): Issue {
  const { repository, author, title, body } = request;
  const number = request.number ?? repository.nextNumber;
  if (repository.issues.has(number))
    throw new InputError(`There is an issue #${number} already.`, 'Leave the number out for the next one.');
  const at = request.at ?? state.timestamp();
  const issue: Issue = {
    id: state.nextId(),
    repository,
    number,
    title,
    body,
    author,
    state: 'open',
    stateReason: null,
    locked: false,
    lockReason: null,
    labels: [],
    assignees: [],
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    closedBy: null,
    comments: [],
    reactions: [],
    isPullRequest: request.isPullRequest ?? false,
    merge: null,
    files: request.files ?? [],
    edits: [],
    events: [],
    deleted: false,
    movedTo: null,
  };
  repository.nextNumber = Math.max(repository.nextNumber, number + 1);
  repository.issues.set(number, issue);
  return issue;
}

export function openIssue(sandbox: Sandbox, request: NewIssue): Issue {
  const issue = addIssue(sandbox, request);
  announce(sandbox, 'opened', issue, request.author);
  return issue;
}

export function editIssue(
  sandbox: Sandbox,
  issue: Issue,
  by: User,
  change: { readonly title?: string; readonly body?: string },
): void {
  const changes = {
    ...(change.title === undefined ? {} : { title: { from: issue.title } }),
    ...(change.body === undefined ? {} : { body: { from: issue.body } }),
  };
  keepTexts(sandbox, issue, by, change);
  Object.assign(issue, change);
  announce(sandbox, 'edited', issue, by, { changes });
}

function keepTexts(
  { state }: Sandbox,
  issue: Issue,
  by: User,
  { title, body }: { readonly title?: string; readonly body?: string },
): void {
  const at = state.timestamp();
  if (title !== undefined && title !== issue.title) record(issue, 'renamed', by, at, issue.title);
  if (body === undefined || body === issue.body) return;
  if (issue.edits.length === 0)
    issue.edits.push({ editor: issue.author, at: issue.createdAt, body: issue.body });
  issue.edits.push({ editor: by, at, body });
}

export function record(
  issue: Issue,
  kind: TimelineEvent['kind'],
  actor: User,
  at: string,
  detail: string | null = null,
): void {
  issue.events.push({ kind, actor, at, detail });
}

export function closeIssue(
  sandbox: Sandbox,
  issue: Issue,
  by: User,
  reason: StateReason = 'completed',
): void {
  if (issue.state === 'closed') return;
  Object.assign(issue, {
    state: 'closed',
    stateReason: reason,
    closedAt: sandbox.state.timestamp(),
    closedBy: by,
  });
  record(issue, 'closed', by, sandbox.state.timestamp());
  announce(sandbox, 'closed', issue, by);
}

export function reopenIssue(sandbox: Sandbox, issue: Issue, by: User): void {
  if (issue.state === 'open') return;
  Object.assign(issue, { state: 'open', stateReason: 'reopened', closedAt: null, closedBy: null });
  record(issue, 'reopened', by, sandbox.state.timestamp());
  announce(sandbox, 'reopened', issue, by);
}

export function lockIssue(sandbox: Sandbox, issue: Issue, by: User, reason: LockReason | null): void {
  Object.assign(issue, { locked: true, lockReason: reason });
  announce(sandbox, 'locked', issue, by);
}

export function unlockIssue(sandbox: Sandbox, issue: Issue, by: User): void {
  Object.assign(issue, { locked: false, lockReason: null });
  announce(sandbox, 'unlocked', issue, by);
}

export function assignIssue(sandbox: Sandbox, issue: Issue, by: User, assignee: User): void {
  if (issue.assignees.some((one) => one.id === assignee.id)) return;
  issue.assignees.push(assignee);
  record(issue, 'assigned', by, sandbox.state.timestamp(), assignee.login);
  announce(sandbox, 'assigned', issue, by, { assignee: userShape(sandbox, assignee) });
}

export function unassignIssue(sandbox: Sandbox, issue: Issue, by: User, assignee: User): void {
  const index = issue.assignees.findIndex((one) => one.id === assignee.id);
  if (index < 0) return;
  issue.assignees.splice(index, 1);
  record(issue, 'unassigned', by, sandbox.state.timestamp(), assignee.login);
  announce(sandbox, 'unassigned', issue, by, { assignee: userShape(sandbox, assignee) });
}

export function labelIssue(sandbox: Sandbox, issue: Issue, by: User, name: string): void {
  const label = sandbox.state.label(issue.repository, name);
  if (issue.labels.includes(label)) return;
  issue.labels.push(label);
  record(issue, 'labeled', by, sandbox.state.timestamp(), name);
  announce(sandbox, 'labeled', issue, by, { label: labelShape(sandbox, issue.repository, label) });
}

export function unlabelIssue(sandbox: Sandbox, issue: Issue, by: User, name: string): boolean {
  const index = issue.labels.findIndex((one) => one.name.toLowerCase() === name.toLowerCase());
  const [label] = index < 0 ? [] : issue.labels.splice(index, 1);
  if (label === undefined) return false;
  record(issue, 'unlabeled', by, sandbox.state.timestamp(), name);
  announce(sandbox, 'unlabeled', issue, by, { label: labelShape(sandbox, issue.repository, label) });
  return true;
}

export function deleteIssue(sandbox: Sandbox, issue: Issue, by: User): void {
  issue.deleted = true;
  for (const { id } of issue.comments) {
    sandbox.state.comments.delete(id);
    sandbox.state.deletedCommentIds.add(id);
  }
  announce(sandbox, 'deleted', issue, by);
}

/**
 * Moves an issue. GitHub makes a new issue with a new id and number, and redirects the old address
 * (https://docs.github.com/issues/tracking-your-work-with-issues/administering-issues/transferring-an-issue-to-another-repository).
 * Whether comments keep their ids is not documented: they get new ones here unless `keepCommentIds`.
 */
export function transferIssue(
  sandbox: Sandbox,
  issue: Issue,
  by: User,
  to: { readonly repository: Repository; readonly keepCommentIds?: boolean },
): Issue {
  const moved = addIssue(sandbox, { ...issue, repository: to.repository, number: to.repository.nextNumber });
  Object.assign(moved, { state: issue.state, stateReason: issue.stateReason, createdAt: issue.createdAt });
  moved.assignees.push(...issue.assignees);
  announce(sandbox, 'transferred', issue, by, {
    changes: {
      new_issue: issueShape(sandbox, moved),
      new_repository: repositoryShape(sandbox, to.repository),
    },
  });
  moveComments(sandbox, issue, moved, to.keepCommentIds ?? false);
  issue.movedTo = moved;
  announce(sandbox, 'opened', moved, by, {
    changes: {
      old_issue: issueShape(sandbox, issue),
      old_repository: repositoryShape(sandbox, issue.repository),
    },
  });
  return moved;
}

function moveComments({ state }: Sandbox, from: Issue, to: Issue, keepIds: boolean): void {
  for (const comment of from.comments) {
    state.comments.delete(comment.id);
    const copy = { ...comment, id: keepIds ? comment.id : state.nextId(), issue: to };
    state.comments.set(copy.id, copy);
    to.comments.push(copy);
  }
  from.comments = [];
}

function announce(
  sandbox: Sandbox,
  action: string,
  issue: Issue,
  sender: User,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  issue.updatedAt = sandbox.state.timestamp();
  if (issue.isPullRequest) return;
  emitOfRepository(sandbox, 'issues', issue.repository, issuesPayload(sandbox, action, issue, sender, extra));
}
