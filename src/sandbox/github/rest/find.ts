import { requireAccess } from '../auth.ts';
import type { Access, Comment, Issue, Repository, User } from '../model.ts';
import { notFound, Refusal } from '../reply.ts';
import type { Call } from '../router.ts';
import { fullNameOf } from '../state.ts';

export interface Need {
  readonly permission: string;
  readonly access: Access;
}

/** A number in the path. @throws Refusal 404 when it is none. */
export function numberParam(call: Call, name: string): number {
  const value = Number(call.params[name]);
  if (!Number.isSafeInteger(value)) throw notFound();
  return value;
}

/**
 * The repository in the path, checked for access.
 * @throws Refusal 404, 403, or a redirect to `/repositories/{id}` when it bears another name now.
 */
export function findRepository(call: Call, need: Need): Repository {
  const { state } = call.sandbox;
  const fullName = `${call.params.owner}/${call.params.repo}`;
  const repository = state.findRepository(fullName) ?? findMoved(call, fullName, need);
  if (repository === undefined) throw notFound();
  requireAccess(call.viewer, repository, need.permission, need.access);
  return repository;
}

function findMoved(call: Call, fullName: string, need: Need): undefined {
  const moved = call.sandbox.state.findRenamed(fullName);
  if (moved === undefined) return undefined;
  requireAccess(call.viewer, moved, need.permission, need.access);
  const rest = call.path.split('/').slice(4).join('/');
  throw redirect(call, `/repositories/${moved.id}${rest === '' ? '' : `/${rest}`}`);
}

/** GitHub answers 301 to readers and 307 to writers, whose method and body must be kept. */
function redirect(call: Call, path: string): Refusal {
  const query = call.query.toString();
  const url = `${call.sandbox.api}${path}${query === '' ? '' : `?${query}`}`;
  return call.method === 'GET'
    ? new Refusal(301, 'Moved Permanently', { url }, { location: url })
    : new Refusal(307, 'Temporary Redirect', { url }, { location: url });
}

/** @throws Refusal 410 for a deleted issue, a redirect for a transferred one, 404 otherwise. */
export function findIssue(call: Call, need: Need): Issue {
  const issue = findRepository(call, need).issues.get(numberParam(call, 'number'));
  if (issue === undefined) throw notFound();
  if (issue.deleted) throw new Refusal(410, 'This issue was deleted');
  if (issue.movedTo !== null) {
    const { repository, number } = issue.movedTo;
    requireAccess(call.viewer, repository, need.permission, 'read');
    const rest = call.path.split('/').slice(6).join('/');
    throw redirect(call, `/repos/${fullNameOf(repository)}/issues/${number}${rest === '' ? '' : `/${rest}`}`);
  }
  return issue;
}

/** @throws Refusal 404 for a deleted comment and for one of another repository. */
export function findComment(call: Call, need: Need): Comment {
  const repository = findRepository(call, need);
  const comment = call.sandbox.state.comments.get(numberParam(call, 'comment'));
  if (comment === undefined || comment.issue.repository !== repository) throw notFound();
  return comment;
}

/** The bot account that our App acts as. */
export function appBot({ sandbox }: Call): User {
  return sandbox.state.user(`${sandbox.app.slug}[bot]`);
}
