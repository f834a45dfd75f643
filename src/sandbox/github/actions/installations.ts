import type { Installation, Repository, User } from '../model.ts';
import type { Sandbox } from '../sandbox.ts';
import { userShape } from '../shapes/user.ts';
import { fullNameOf } from '../state.ts';
import {
  emitOfInstallation,
  emitOfRepository,
  installationPayload,
  installationRepositoriesPayload,
  repositoryPayload,
} from '../webhooks/events.ts';

/** Makes an installation without telling anyone. */
export function addInstallation(sandbox: Sandbox, account: User, id?: number): Installation {
  const { state, app } = sandbox;
  const installation: Installation = {
    id: id ?? state.nextId(),
    account,
    createdAt: state.timestamp(),
    permissions: { ...app.permissions },
    suspendedAt: null,
    suspendedBy: null,
  };
  state.installations.set(installation.id, installation);
  return installation;
}

export function announceInstallation(
  sandbox: Sandbox,
  action: 'created' | 'deleted' | 'suspend' | 'unsuspend',
  installation: Installation,
  by: User,
): void {
  emitOfInstallation(
    sandbox,
    'installation',
    installation,
    installationPayload(sandbox, action, installation, by),
  );
}

export function suspend(sandbox: Sandbox, installation: Installation, by: User): void {
  installation.suspendedAt = sandbox.state.timestamp();
  installation.suspendedBy = by;
  announceInstallation(sandbox, 'suspend', installation, by);
}

export function unsuspend(sandbox: Sandbox, installation: Installation, by: User): void {
  installation.suspendedAt = null;
  installation.suspendedBy = null;
  announceInstallation(sandbox, 'unsuspend', installation, by);
}

/** Removes the App from an account: its tokens die, its repositories stay. */
export function uninstall(sandbox: Sandbox, installation: Installation, by: User): void {
  announceInstallation(sandbox, 'deleted', installation, by);
  const { state } = sandbox;
  for (const repository of state.repositoriesOfInstallation(installation.id))
    repository.installationId = null;
  for (const token of [...state.tokens.values()])
    if (token.installationId === installation.id) state.tokens.delete(token.token);
  state.installations.delete(installation.id);
}

export function grantRepository(
  sandbox: Sandbox,
  installation: Installation,
  repository: Repository,
  sender: User,
): void {
  repository.installationId = installation.id;
  const change = { installation, added: [repository], removed: [], sender };
  emitRepositories(sandbox, change);
}

export function revokeRepository(sandbox: Sandbox, repository: Repository, sender: User): void {
  const installation = sandbox.state.installationOf(repository.installationId ?? -1);
  repository.installationId = null;
  emitRepositories(sandbox, { installation, added: [], removed: [repository], sender });
}

function emitRepositories(
  sandbox: Sandbox,
  change: Parameters<typeof installationRepositoriesPayload>[1],
): void {
  emitOfInstallation(
    sandbox,
    'installation_repositories',
    change.installation,
    installationRepositoriesPayload(sandbox, change),
  );
}

export function renameRepository(sandbox: Sandbox, repository: Repository, by: User, name: string): void {
  const from = repository.name;
  sandbox.state.rememberName(fullNameOf(repository), repository.id);
  repository.name = name;
  announceRepository(sandbox, 'renamed', repository, by, { changes: { repository: { name: { from } } } });
}

/** Gives a repository to another account; it stays under the same installation unless another is named. */
export function transferRepository(
  sandbox: Sandbox,
  repository: Repository,
  by: User,
  to: { readonly owner: User; readonly installationId?: number },
): void {
  const { owner } = repository;
  const kind = owner.type === 'Organization' ? 'organization' : 'user';
  sandbox.state.rememberName(fullNameOf(repository), repository.id);
  repository.owner = to.owner;
  if (to.installationId !== undefined) repository.installationId = to.installationId;
  announceRepository(sandbox, 'transferred', repository, by, {
    changes: { owner: { from: { [kind]: userShape(sandbox, owner) } } },
  });
}

export function setPrivate(sandbox: Sandbox, repository: Repository, by: User, isPrivate: boolean): void {
  repository.private = isPrivate;
  announceRepository(sandbox, isPrivate ? 'privatized' : 'publicized', repository, by);
}

function announceRepository(
  sandbox: Sandbox,
  action: 'renamed' | 'transferred' | 'privatized' | 'publicized',
  repository: Repository,
  by: User,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  repository.updatedAt = sandbox.state.timestamp();
  emitOfRepository(
    sandbox,
    'repository',
    repository,
    repositoryPayload(sandbox, action, repository, by, extra),
  );
}
