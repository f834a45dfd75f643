import type { Author, ThreadComment } from '../pipeline/thread/types.ts';
import type { IssueRef, RepositoryRef } from './github.ts';

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
