import { InputError } from '../../errors.ts';
import {
  createComment,
  deleteComment,
  editComment,
  minimizeComment,
  react,
  removeReaction,
} from './actions/comments.ts';
import { renameRepository, setPrivate, transferRepository } from './actions/installations.ts';
import {
  assignIssue,
  closeIssue,
  deleteIssue,
  editIssue,
  labelIssue,
  lockIssue,
  openIssue,
  reopenIssue,
  transferIssue,
  unassignIssue,
  unlabelIssue,
  unlockIssue,
} from './actions/issues.ts';
import { closePull, mergePull, openPull } from './actions/pulls.ts';
import {
  type Comment,
  type Issue,
  type LockReason,
  type PullFile,
  type ReactionContent,
  type Repository,
  ROLES,
  type Role,
  type StateReason,
  type User,
} from './model.ts';
import type { Sandbox } from './sandbox.ts';
import { type CommentRef, collaboratorOf, fullNameOf, type IssueRef } from './state.ts';

/** What a person or a bot does on the web site. Everything throws InputError when GitHub would not let them. */
export class Actor {
  readonly user: User;
  readonly #sandbox: Sandbox;

  constructor(sandbox: Sandbox, user: User) {
    this.#sandbox = sandbox;
    this.user = user;
  }

  openIssue(repository: string, issue: { readonly title: string; readonly body?: string }): Issue {
    const found = this.#repository(repository, 'read');
    return openIssue(this.#sandbox, {
      repository: found,
      author: this.user,
      title: issue.title,
      body: issue.body ?? '',
    });
  }

  /** Opens a pull request; `body` says what it is about, `files` what it changes. */
  openPull(
    repository: string,
    pull: { readonly title: string; readonly body?: string; readonly files?: readonly PullFile[] },
  ): Issue {
    return openPull(this.#sandbox, {
      repository: this.#repository(repository, 'read'),
      author: this.user,
      title: pull.title,
      body: pull.body ?? '',
      files: pull.files ?? [],
    });
  }

  merge(pull: IssueRef): void {
    mergePull(this.#sandbox, this.#issue(pull, 'write'), this.user);
  }

  /** Closes a pull request without merging it. */
  closePull(pull: IssueRef): void {
    closePull(this.#sandbox, this.#ownIssue(pull, 'triage'), this.user);
  }

  /** Comments; on a locked issue only people with write access may. */
  comment(issue: IssueRef, body: string): Comment {
    const found = this.#issue(issue, 'read');
    if (found.locked) this.#require(found.repository, 'write');
    return createComment(this.#sandbox, { issue: found, author: this.user, body });
  }

  editComment(comment: CommentRef, body: string): void {
    editComment(this.#sandbox, this.#ownComment(comment), this.user, body);
  }

  deleteComment(comment: CommentRef): void {
    deleteComment(this.#sandbox, this.#ownComment(comment), this.user);
  }

  /** Ticks the first open checkbox whose line contains `label`, ignoring case. */
  tick(comment: CommentRef, label: string): void {
    this.#setBox(comment, label, '[ ]', '[x]');
  }

  untick(comment: CommentRef, label: string): void {
    this.#setBox(comment, label, '[x]', '[ ]');
  }

  react(target: IssueRef | CommentRef, content: ReactionContent): void {
    const found = this.#reactable(target);
    this.#require('issue' in found ? found.issue.repository : found.repository, 'read');
    react(this.#sandbox, found, this.user, content);
  }

  unreact(target: IssueRef | CommentRef, content: ReactionContent): void {
    const found = this.#reactable(target);
    const own = found.reactions.find((one) => one.user === this.user && one.content === content);
    if (own !== undefined) removeReaction(found, own.id);
  }

  minimize(comment: CommentRef, reason = 'outdated'): void {
    minimizeComment(this.#comment(comment, 'write'), reason);
  }

  unminimize(comment: CommentRef): void {
    minimizeComment(this.#comment(comment, 'write'), null);
  }

  editIssue(issue: IssueRef, change: { readonly title?: string; readonly body?: string }): void {
    editIssue(this.#sandbox, this.#ownIssue(issue, 'write'), this.user, change);
  }

  closeIssue(issue: IssueRef, reason: StateReason = 'completed'): void {
    closeIssue(this.#sandbox, this.#ownIssue(issue, 'triage'), this.user, reason);
  }

  reopenIssue(issue: IssueRef): void {
    reopenIssue(this.#sandbox, this.#ownIssue(issue, 'triage'), this.user);
  }

  lock(issue: IssueRef, reason: LockReason | null = null): void {
    lockIssue(this.#sandbox, this.#issue(issue, 'write'), this.user, reason);
  }

  unlock(issue: IssueRef): void {
    unlockIssue(this.#sandbox, this.#issue(issue, 'write'), this.user);
  }

  assign(issue: IssueRef, login: string): void {
    assignIssue(this.#sandbox, this.#issue(issue, 'triage'), this.user, this.#sandbox.state.user(login));
  }

  unassign(issue: IssueRef, login: string): void {
    unassignIssue(this.#sandbox, this.#issue(issue, 'triage'), this.user, this.#sandbox.state.user(login));
  }

  label(issue: IssueRef, name: string): void {
    labelIssue(this.#sandbox, this.#issue(issue, 'triage'), this.user, name);
  }

  unlabel(issue: IssueRef, name: string): void {
    unlabelIssue(this.#sandbox, this.#issue(issue, 'triage'), this.user, name);
  }

  deleteIssue(issue: IssueRef): void {
    deleteIssue(this.#sandbox, this.#issue(issue, 'admin'), this.user);
  }

  /** Moves an issue to another repository and returns the new issue. */
  transfer(issue: IssueRef, to: string, options: { readonly keepCommentIds?: boolean } = {}): Issue {
    const repository = this.#repository(to, 'write');
    return transferIssue(this.#sandbox, this.#issue(issue, 'write'), this.user, { repository, ...options });
  }

  renameRepository(fullName: string, name: string): void {
    renameRepository(this.#sandbox, this.#repository(fullName, 'admin'), this.user, name);
  }

  transferRepository(
    fullName: string,
    owner: string,
    options: { readonly installationId?: number } = {},
  ): void {
    const to = { owner: this.#sandbox.state.user(owner), ...options };
    transferRepository(this.#sandbox, this.#repository(fullName, 'admin'), this.user, to);
  }

  setPrivate(fullName: string, isPrivate: boolean): void {
    setPrivate(this.#sandbox, this.#repository(fullName, 'admin'), this.user, isPrivate);
  }

  #setBox(ref: CommentRef, label: string, from: string, to: string): void {
    const comment = this.#ownComment(ref);
    const lines = comment.body.split('\n');
    const wanted = label.toLowerCase();
    const index = lines.findIndex(
      (line) =>
        /^\s*[-*+] \[[ x]\] /.test(line) && line.includes(from) && line.toLowerCase().includes(wanted),
    );
    if (index < 0)
      throw new InputError(
        `Comment ${comment.id} has no box ${from} on a line with "${label}".`,
        'Render the issue to see its boxes.',
      );
    lines[index] = (lines[index] ?? '').replace(from, to);
    editComment(this.#sandbox, comment, this.user, lines.join('\n'));
  }

  #reactable(target: IssueRef | CommentRef): Issue | Comment {
    const { state } = this.#sandbox;
    if (typeof target === 'number') return state.commentOf(target);
    return typeof target === 'string' ? state.issueOf(target) : target;
  }

  #repository(fullName: string, least: Role): Repository {
    const repository = this.#sandbox.state.repositoryOf(fullName);
    this.#require(repository, least);
    return repository;
  }

  #issue(ref: IssueRef, least: Role): Issue {
    const issue = this.#sandbox.state.issueOf(ref);
    if (issue.deleted || issue.movedTo !== null)
      throw new InputError(
        `Issue #${issue.number} is no longer in ${fullNameOf(issue.repository)}.`,
        'Use the issue it was moved to, or a living one.',
      );
    this.#require(issue.repository, least);
    return issue;
  }

  /** For what authors may do to their own issue, and others with enough rights. */
  #ownIssue(ref: IssueRef, least: Role): Issue {
    const issue = this.#sandbox.state.issueOf(ref);
    return this.#issue(issue, issue.author === this.user ? 'read' : least);
  }

  #comment(ref: CommentRef, least: Role): Comment {
    const comment = this.#sandbox.state.commentOf(ref);
    this.#require(comment.issue.repository, least);
    return comment;
  }

  /** Comments are edited and deleted by their authors and by people with write access. */
  #ownComment(ref: CommentRef): Comment {
    const comment = this.#sandbox.state.commentOf(ref);
    return this.#comment(comment, comment.author === this.user ? 'read' : 'write');
  }

  #require(repository: Repository, least: Role): void {
    const { role } = collaboratorOf(repository, this.user);
    if (ROLES.indexOf(role) >= ROLES.indexOf(least)) return;
    throw new InputError(
      `${this.user.login} has the role ${role} on ${fullNameOf(repository)}, and needs ${least} for this.`,
      'Give the collaborator that role in addRepository or setCollaborator.',
    );
  }
}
