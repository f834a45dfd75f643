import { InputError } from '../../../errors.ts';
import type { Comment, Issue, Reaction, ReactionContent, User } from '../model.ts';
import type { Sandbox } from '../sandbox.ts';
import { emitOfRepository, issueCommentPayload } from '../webhooks/events.ts';
import { record } from './issues.ts';

/** Where reactions can be put. */
export type Reactable = Issue | Comment;

export interface NewComment {
  readonly issue: Issue;
  readonly author: User;
  readonly body: string;
  /** Whether our App posts it. */
  readonly viaApp?: boolean;
  /** Keeps the id of a saved comment; otherwise the next one. */
  readonly id?: number;
  /** ISO 8601, now when absent. */
  readonly at?: string;
}

/** Adds a comment without telling anyone: for saved threads and for what `createComment` announces. */
export function addComment({ state }: Sandbox, request: NewComment): Comment {
  const { issue, author, body, viaApp, id, at = state.timestamp() } = request;
  if (id !== undefined) {
    if (state.comments.has(id))
      throw new InputError(`There is a comment ${id} already.`, 'Load each saved thread once.');
    state.reserveId(id);
  }
  const comment: Comment = {
    id: id ?? state.nextId(),
    issue,
    author,
    body,
    createdAt: at,
    updatedAt: at,
    edits: [],
    minimized: null,
    viaApp: viaApp ?? false,
    reactions: [],
  };
  issue.comments.push(comment);
  issue.comments.sort((a, b) => a.id - b.id);
  issue.updatedAt = at;
  state.comments.set(comment.id, comment);
  return comment;
}

export function createComment(sandbox: Sandbox, request: NewComment): Comment {
  const comment = addComment(sandbox, request);
  announce(sandbox, 'created', comment, request.author);
  return comment;
}

export function editComment(sandbox: Sandbox, comment: Comment, editor: User, body: string): void {
  const from = comment.body;
  const at = sandbox.state.timestamp();
  comment.updatedAt = at;
  if (from === body) return;
  if (comment.edits.length === 0)
    comment.edits.push({ editor: comment.author, at: comment.createdAt, body: from });
  comment.edits.push({ editor, at, body });
  comment.body = body;
  announce(sandbox, 'edited', comment, editor, { changes: { body: { from } } });
}

export function deleteComment(sandbox: Sandbox, comment: Comment, by: User): void {
  const { issue } = comment;
  issue.comments = issue.comments.filter((one) => one !== comment);
  sandbox.state.comments.delete(comment.id);
  sandbox.state.deletedCommentIds.add(comment.id);
  record(issue, 'comment-deleted', by, sandbox.state.timestamp(), comment.author.login);
  announce(sandbox, 'deleted', comment, by);
}

/** GitHub sends no event when a comment is hidden or shown again. */
export function minimizeComment(comment: Comment, reason: string | null): void {
  comment.minimized = reason;
}

/** Adds a reaction, or finds the one that this user already gave; GitHub sends no event for either. */
export function react(
  { state }: Sandbox,
  target: Reactable,
  user: User,
  content: ReactionContent,
): { reaction: Reaction; isNew: boolean } {
  const known = target.reactions.find((one) => one.user.id === user.id && one.content === content);
  if (known !== undefined) return { reaction: known, isNew: false };
  const reaction: Reaction = { id: state.nextId(), user, content, createdAt: state.timestamp() };
  target.reactions.push(reaction);
  return { reaction, isNew: true };
}

/** Takes a reaction away; false when there was none with that id. */
export function removeReaction(target: Reactable, id: number): boolean {
  const index = target.reactions.findIndex((one) => one.id === id);
  if (index < 0) return false;
  target.reactions.splice(index, 1);
  return true;
}

function announce(
  sandbox: Sandbox,
  action: 'created' | 'edited' | 'deleted',
  comment: Comment,
  sender: User,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  const payload = issueCommentPayload(sandbox, action, comment, sender, extra);
  emitOfRepository(sandbox, 'issue_comment', comment.issue.repository, payload);
}
