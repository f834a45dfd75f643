import { InputError } from '../../../errors.ts';
import type { Issue, User } from '../model.ts';
import type { Sandbox } from '../sandbox.ts';
import { emitOfRepository, pullRequestPayload } from '../webhooks/events.ts';
import { addIssue, type NewIssue } from './issues.ts';

/** Opens a pull request; the branch behind it does not exist here. */
export function openPull(sandbox: Sandbox, request: Omit<NewIssue, 'isPullRequest'>): Issue {
  const pull = addIssue(sandbox, { ...request, isPullRequest: true });
  announce(sandbox, 'opened', pull, request.author);
  return pull;
}

export function mergePull(sandbox: Sandbox, pull: Issue, by: User): void {
  if (!pull.isPullRequest)
    throw new InputError(`#${pull.number} is no pull request.`, 'Open one with openPull.');
  if (pull.state === 'closed') return;
  const at = sandbox.state.timestamp();
  Object.assign(pull, { state: 'closed', closedAt: at, closedBy: by, updatedAt: at, merge: { by, at } });
  announce(sandbox, 'closed', pull, by);
}

export function closePull(sandbox: Sandbox, pull: Issue, by: User): void {
  if (pull.state === 'closed') return;
  const at = sandbox.state.timestamp();
  Object.assign(pull, { state: 'closed', closedAt: at, closedBy: by, updatedAt: at });
  announce(sandbox, 'closed', pull, by);
}

function announce(sandbox: Sandbox, action: 'opened' | 'closed', pull: Issue, sender: User): void {
  const payload = pullRequestPayload(sandbox, action, pull, sender);
  emitOfRepository(sandbox, 'pull_request', pull.repository, payload);
}
