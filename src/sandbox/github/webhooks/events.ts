import type { Comment, Installation, Issue, Repository, User } from '../model.ts';
import type { Sandbox } from '../sandbox.ts';
import { appShape, installationShape } from '../shapes/app.ts';
import { commentShape, issueShape } from '../shapes/issue.ts';
import { nodeId } from '../shapes/node-id.ts';
import { pullShape } from '../shapes/pull.ts';
import { repositoryShape, repositorySummary } from '../shapes/repository.ts';
import { organizationShape, userShape } from '../shapes/user.ts';

type Extra = Readonly<Record<string, unknown>>;

/** `issue_comment` in GitHub's form; `extra` carries `changes` of an edit. */
export function issueCommentPayload<A extends string>(
  sandbox: Sandbox,
  action: A,
  comment: Comment,
  sender: User,
  extra: Extra = {},
) {
  return {
    action,
    issue: issueShape(sandbox, comment.issue),
    comment: commentShape(sandbox, comment),
    ...extra,
    ...envelope(sandbox, comment.issue.repository, sender),
  };
}

/** `issues` in GitHub's form; `extra` carries `changes`, `label`, `assignee`. */
export function issuesPayload<A extends string>(
  sandbox: Sandbox,
  action: A,
  issue: Issue,
  sender: User,
  extra: Extra = {},
) {
  return {
    action,
    issue: issueShape(sandbox, issue),
    ...extra,
    ...envelope(sandbox, issue.repository, sender),
  };
}

/** `pull_request` in GitHub's form. */
export function pullRequestPayload<A extends string>(sandbox: Sandbox, action: A, pull: Issue, sender: User) {
  return {
    action,
    number: pull.number,
    pull_request: pullShape(sandbox, pull),
    ...envelope(sandbox, pull.repository, sender),
  };
}

export function repositoryPayload<A extends string>(
  sandbox: Sandbox,
  action: A,
  repository: Repository,
  sender: User,
  extra: Extra = {},
) {
  return { action, ...extra, ...envelope(sandbox, repository, sender) };
}

export function installationPayload<A extends string>(
  sandbox: Sandbox,
  action: A,
  installation: Installation,
  sender: User,
) {
  return {
    action,
    installation: installationShape(sandbox, installation),
    repositories: sandbox.state.repositoriesOfInstallation(installation.id).map(repositorySummary),
    requester: null,
    sender: userShape(sandbox, sender),
  };
}

export function installationRepositoriesPayload(
  sandbox: Sandbox,
  change: {
    readonly installation: Installation;
    readonly added: readonly Repository[];
    readonly removed: readonly Repository[];
    readonly sender: User;
  },
) {
  return {
    action: change.added.length > 0 ? ('added' as const) : ('removed' as const),
    installation: installationShape(sandbox, change.installation),
    repository_selection: 'selected' as const,
    repositories_added: change.added.map(repositorySummary),
    repositories_removed: change.removed.map(repositorySummary),
    requester: null,
    sender: userShape(sandbox, change.sender),
  };
}

function envelope(sandbox: Sandbox, repository: Repository, sender: User) {
  const { owner, installationId } = repository;
  const organization =
    owner.type === 'Organization' ? { organization: organizationShape(sandbox, owner) } : {};
  const installation =
    installationId === null
      ? {}
      : { installation: { id: installationId, node_id: nodeId('installation', installationId) } };
  return {
    repository: repositoryShape(sandbox, repository),
    ...organization,
    sender: userShape(sandbox, sender),
    ...installation,
  };
}

/** Sends an event of a repository, if the App is installed there, not suspended, and subscribed to it. */
export function emitOfRepository(
  sandbox: Sandbox,
  event: string,
  repository: Repository,
  payload: { readonly action: string } & Extra,
): void {
  const installation = sandbox.state.installations.get(repository.installationId ?? -1);
  if (installation === undefined || installation.suspendedAt !== null) return;
  if (!appShape(sandbox).events.includes(event)) return;
  sandbox.webhooks.emit({
    event,
    action: payload.action,
    installationId: installation.id,
    repositoryId: repository.id,
    payload,
  });
}

/** Sends an event of the installation itself, which needs no subscription and reaches suspended ones too. */
export function emitOfInstallation(
  sandbox: Sandbox,
  event: string,
  installation: Installation,
  payload: { readonly action: string } & Extra,
): void {
  sandbox.webhooks.emit({
    event,
    action: payload.action,
    installationId: installation.id,
    repositoryId: null,
    payload,
  });
}
