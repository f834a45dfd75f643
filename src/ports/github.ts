import type { Author, Thread } from '../pipeline/thread/types.ts';
import type { ReactionContent } from '../schema/outbox.ts';
import type { GitHubHistory } from './github-history.ts';

/** A repository by its names of now; ids are ours to keep. */
export interface RepositoryRef {
  readonly owner: string;
  readonly name: string;
}

export interface IssueRef extends RepositoryRef {
  readonly number: number;
}

/** GitHub's view of what a user may do on a repository. */
export interface Permission {
  /** `role_name`: none, read, triage, write, maintain, admin or a custom role's name. */
  readonly role: string;
  /** `user.permissions`; null for a user that GitHub does not know. */
  readonly permissions: {
    readonly triage: boolean;
    readonly push: boolean;
    readonly maintain: boolean;
    readonly admin: boolean;
  } | null;
}

/** One of our own or somebody's comments, as far as the outbox needs it. */
export interface RemoteComment {
  readonly id: number;
  readonly url: string;
  readonly body: string;
  readonly appId: number | null;
  readonly createdAt: string;
  /** When the body was last changed; equal to `createdAt` until then. */
  readonly updatedAt: string;
}

/** A comment among the recently changed ones of a repository. */
export interface RecentComment {
  readonly id: number;
  readonly issueNumber: number;
  readonly url: string;
  readonly body: string;
  readonly author: Author;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly appId: number | null;
}

/** An issue or pull request without its texts. */
export interface IssueFacts {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly authorLogin: string | null;
  readonly state: 'open' | 'closed';
  readonly locked: boolean;
  readonly isPullRequest: boolean;
  /** ISO 8601. */
  readonly updatedAt: string;
}

export type FileResult =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'absent' }
  /** Larger than GitHub shows: over 1 MB. */
  | { readonly kind: 'too-large' }
  /** The App lacks the permission to read contents. */
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'file'; readonly text: string; readonly etag: string | null };

/** Reading GitHub. All methods throw GitHubError. */
export interface GitHubReader {
  /** The issue and all its comments over all pages. */
  readThread(ref: IssueRef, signal?: AbortSignal): Promise<Thread>;
  permission(ref: RepositoryRef, login: string): Promise<Permission>;
  /** A file on the default branch; `unchanged` when it still has this ETag. */
  readFile(ref: RepositoryRef, path: string, etag: string | null): Promise<FileResult>;
  /** Null when the comment is deleted. */
  getComment(ref: RepositoryRef, commentId: number): Promise<RemoteComment | null>;
  /** Every comment of the issue that one of our Apps wrote, oldest first, over all pages. */
  listAppComments(ref: IssueRef, appId: number): Promise<readonly RemoteComment[]>;
  /**
   * The repository's comments that were written or edited at `since` or later, oldest change first, over all pages;
   * `unchanged` when the answer still has this ETag.
   */
  listRecentComments(
    ref: RepositoryRef,
    since: Date,
    etag: string | null,
  ): Promise<'unchanged' | { readonly comments: readonly RecentComment[]; readonly etag: string | null }>;
  /** Null when it is not there, or was moved elsewhere. */
  describeIssue(ref: IssueRef): Promise<IssueFacts | null>;
  /** Whether the App can see the repository at all. */
  canSee(ref: RepositoryRef): Promise<boolean>;
}

/**
 * Writing to GitHub. A create is sent once: GitHubError `ambiguous` when nobody knows whether it arrived, also
 * when `signal` ended the wait for the answer.
 */
export interface GitHubWriter {
  createComment(ref: IssueRef, body: string, signal?: AbortSignal): Promise<RemoteComment>;
  updateComment(
    ref: RepositoryRef,
    commentId: number,
    body: string,
    signal?: AbortSignal,
  ): Promise<RemoteComment>;
  deleteComment(ref: RepositoryRef, commentId: number, signal?: AbortSignal): Promise<void>;
  /** GitHub answers a repeated reaction with the existing one. Returns the reaction's id. */
  addReaction(
    ref: RepositoryRef,
    commentId: number,
    content: ReactionContent,
    signal?: AbortSignal,
  ): Promise<number>;
  /** Takes back a reaction of our own. */
  removeReaction(
    ref: RepositoryRef,
    commentId: number,
    reactionId: number,
    signal?: AbortSignal,
  ): Promise<void>;
}

export type GitHub = GitHubReader & GitHubWriter & GitHubHistory;

/** One attempt to deliver an event, in GitHub's log. */
export interface DeliveryAttempt {
  readonly id: number;
  /** The same for all attempts at one event. */
  readonly guid: string;
  readonly event: string;
  readonly deliveredAt: string;
  readonly ok: boolean;
}

/** The App's own GitHub side: a client per installation. */
export interface GitHubApp {
  readonly appId: number;
  forInstallation(installationId: number): Promise<GitHub>;
  /** One page of GitHub's log of deliveries, newest first; a null cursor begins. */
  listDeliveries(cursor: string | null): Promise<{
    readonly attempts: readonly DeliveryAttempt[];
    readonly nextCursor: string | null;
  }>;
  /** Asks GitHub to deliver again what it tried in this attempt. */
  redeliver(attemptId: number): Promise<void>;
  listInstallations(): Promise<readonly { readonly id: number; readonly suspended: boolean }[]>;
  /** Asks GitHub who the App is; fails when the key does not fit. */
  describe(): Promise<{ readonly slug: string; readonly installations: number }>;
}
