/**
 * The outside world as the stages and tasks see it: interfaces only. Adapters implement them; `context.ts`
 * wires them together once.
 */
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { PassFailpoint } from './failpoints.ts';
import type { Judge } from './pipeline/judge/types.ts';
import type { BenchmarkScore, Figure, GateNumbers } from './pipeline/promotion/types.ts';
import type { Author, Thread, ThreadComment } from './pipeline/thread/types.ts';
import type { Training } from './pipeline/training/types.ts';
import type { Split } from './schema/datasets.ts';
import type * as schema from './schema/index.ts';
import type { ReactionContent } from './schema/outbox.ts';
import type { Share } from './statistics/difference.ts';

/** A database or an open transaction on it: drizzle over PGlite or node-postgres. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

export interface DatabaseHandle {
  readonly db: Db;
  readonly kind: 'pglite' | 'postgres';
  /** True when the embedded database belongs to another process and is reached through its local socket. */
  readonly remote: boolean;
  close(): Promise<void>;
}

export interface SendOptions {
  /** Send within this transaction: the job exists exactly when the transaction commits. */
  readonly tx?: Db;
  /** Jobs with the same key never run at the same time; waiting ones coalesce. */
  readonly singletonKey?: string;
  readonly startAfterSeconds?: number;
  /** A deterministic UUID makes sending idempotent. */
  readonly id?: string;
}

export interface JobTools {
  /** Aborted when the worker stops or the job's lease is lost. */
  readonly signal: AbortSignal;
  /** How often this job failed, or its worker died, before; 0 the first time. */
  readonly retries: number;
}

export interface WorkOptions {
  /** Jobs of the queue this process runs at once. */
  readonly concurrency: number;
}

export interface FailedJob {
  readonly id: string;
  readonly queue: string;
  readonly data: unknown;
  readonly failedAt: Date;
  readonly reason: string;
}

/** The queue. A job is only a wake-up: what is to be done stands in our own tables. */
export interface Jobs {
  send(queue: string, data: object, options?: SendOptions): Promise<void>;
  work(
    queue: string,
    options: WorkOptions,
    handler: (data: unknown, tools: JobTools) => Promise<void>,
  ): Promise<void>;
  /** Keys of a serial queue whose work is under way, or will begin by itself within a minute. */
  liveKeys(queue: string): Promise<ReadonlySet<string>>;
  start(): Promise<void>;
  /** Stops fetching, waits for running handlers up to `timeoutMs`, then aborts them. */
  stop(options: { timeoutMs: number }): Promise<void>;
  failed(): Promise<readonly FailedJob[]>;
}

export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds, rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

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

/** One text that a comment or an issue had, from `at` on (ISO 8601); null once GitHub no longer shows it. */
export interface TextEdit {
  readonly at: string;
  readonly body: string | null;
}

export interface PastComment extends ThreadComment {
  readonly createdAt: string;
  readonly updatedAt: string;
  /** GitHub's `CommentAuthorAssociation`: OWNER, MEMBER, COLLABORATOR, CONTRIBUTOR, NONE and a few more. */
  readonly association: string;
  /** Oldest first, the text as created included; empty when it was never edited, or GitHub keeps them back. */
  readonly edits: readonly TextEdit[];
  /** ISO 8601, told even where `edits` are kept back; null when it was never edited. */
  readonly lastEditedAt: string | null;
}

export interface LinkedPull {
  /** `owner/name` */
  readonly repository: string;
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly author: Author;
  /** ISO 8601; null while it is not merged. */
  readonly mergedAt: string | null;
  readonly mergedBy: Author | null;
}

/** One event of an issue's timeline. `at` is ISO 8601; the actor is null for a deleted account. */
export type TimelineEntry = { readonly at: string; readonly actor: Author | null } & (
  | { readonly kind: 'assigned' | 'unassigned' | 'comment-deleted'; readonly login: string }
  | { readonly kind: 'closed' | 'reopened' }
  | { readonly kind: 'renamed'; readonly previousTitle: string }
  | { readonly kind: 'linked-pull'; readonly pull: LinkedPull }
);

/** What is left of the hour's requests. */
export interface RateBudget {
  readonly remaining: number;
  /** ISO 8601. */
  readonly resetAt: string;
}

/** An issue with everything that GitHub remembers of it. */
export interface PastIssue {
  readonly repositoryId: number;
  /** `owner/name` */
  readonly repository: string;
  readonly isPrivate: boolean;
  readonly id: number;
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly author: Author;
  readonly state: 'open' | 'closed';
  readonly locked: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
  /** Of the body; as of comments. */
  readonly edits: readonly TextEdit[];
  readonly lastEditedAt: string | null;
  readonly comments: readonly PastComment[];
  readonly timeline: readonly TimelineEntry[];
  /** Requests that reading it took. */
  readonly requests: number;
  readonly rate: RateBudget | null;
}

export interface ClosedIssuesPage {
  readonly repositoryId: number;
  readonly isPrivate: boolean;
  readonly total: number;
  readonly issues: readonly {
    readonly number: number;
    readonly updatedAt: string;
    readonly comments: number;
  }[];
  /** Cursor of the next page; null on the last one. */
  readonly next: string | null;
  readonly rate: RateBudget | null;
}

export interface Reaction {
  readonly id: number;
  /** `+1`, `-1`, `heart` and so on. */
  readonly content: string;
  readonly author: Author;
  /** ISO 8601. */
  readonly at: string;
}

/** A file that a pull request changes. */
export interface ChangedFile {
  readonly path: string;
  /** What it was called before; null when it kept its name. */
  readonly previousPath: string | null;
  /** Unified diff; null for binary files and very large ones. */
  readonly patch: string | null;
}

/** Whether somebody may read what comments and issues said before they were edited. */
export interface EditsProbe {
  /** Null when it could not be told. */
  readonly readable: boolean | null;
  readonly why: string;
}

/** Reading what already happened. All methods throw GitHubError; all but the reactions need a token. */
export interface GitHubHistory {
  readPastIssue(ref: IssueRef, signal?: AbortSignal): Promise<PastIssue>;
  readTimeline(ref: IssueRef, signal?: AbortSignal): Promise<readonly TimelineEntry[]>;
  /** Closed issues, the longest untouched first; `since` is ISO 8601. */
  listClosedIssues(
    ref: RepositoryRef,
    from: { readonly since: string | null; readonly cursor: string | null },
    signal?: AbortSignal,
  ): Promise<ClosedIssuesPage>;
  /**
   * Every text that comments had, by comment id; one request for every 100 of them. Null when GitHub lets nobody read
   * edits here.
   * @param nodeIds GitHub's global ids of the comments
   */
  readPastTexts(
    nodeIds: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, readonly TextEdit[]> | null>;
  /** @param ref where to look; null takes the first repository that the installation sees */
  probeEdits(ref: RepositoryRef | null): Promise<EditsProbe>;
  /** The first hundred files that a pull request changes. */
  readPullFiles(ref: IssueRef, signal?: AbortSignal): Promise<readonly ChangedFile[]>;
  commentReactions(ref: RepositoryRef, commentId: number): Promise<readonly Reaction[]>;
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

/** A judge that can be served: its name, and for the embedded one its weights. */
export interface ServableVersion {
  readonly name: string;
  /** Trained weights as they are stored; null for a model that the inference service serves by its name. */
  readonly weights: unknown;
}

/** A version of a served model, with what its files are. */
export interface LoadableVersion {
  readonly name: string;
  /** Its directory as the inference service sees it; null for the embedded judge. */
  readonly path: string | null;
  readonly files: readonly { readonly path: string }[];
}

/** Opens judges by version. */
export interface JudgeFactory {
  readonly kind: 'embedded' | 'model';
  /**
   * @param version null opens the judge that the configuration names
   * @param options `seed` makes a judge whose chance differs; judges without chance are the same for every seed
   * @throws InputError for weights that cannot be read
   */
  open(version: ServableVersion | null, options?: { readonly seed?: string }): Judge;
  /**
   * Has every server serve the version by its name, beside all others; absent where versions need no loading.
   * @throws JudgeError when one cannot
   */
  load?(version: LoadableVersion, signal?: AbortSignal): Promise<void>;
}

/** What learning needs besides: it differs between the App, a command and a simulation. */
export interface LearningParts {
  /** The package's version: models and datasets say what made them. */
  readonly codeVersion: string;
  /**
   * How often a losing proposal wins when it attacks, or no answer can be used; absent where nobody can measure it.
   * @throws what the judge throws, but for answers that cannot be used
   */
  readonly measureAttacks?: (judge: Judge, signal?: AbortSignal) => Promise<Share>;
  /**
   * How it does on SWE-Lancer's Manager tasks; absent where the operator has not got the file.
   * @throws what the judge throws, but for answers that cannot be used: these are wrong ones
   */
  readonly measureSweLancer?: (judge: Judge, signal?: AbortSignal) => Promise<BenchmarkScore>;
  /** Draws the gate's figures; absent where a report does without. */
  readonly drawGate?: (numbers: GateNumbers) => Promise<readonly Figure[]>;
  /** The permanent line between training and holdout when left out; only a simulation may draw another. */
  readonly splitOf?: (repositoryId: number, issueNumber: number) => Split;
}

/** What every task gets. */
export interface AppContext {
  readonly config: Config;
  readonly db: Db;
  readonly jobs: Jobs;
  readonly github: GitHubApp;
  /** Whoever has the stable channel. */
  readonly judge: Judge;
  /** Every version that could have it. */
  readonly judges: JudgeFactory;
  readonly training: Training;
  readonly learning: LearningParts;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Does nothing outside the crash test. */
  readonly failpoint: PassFailpoint;
}
