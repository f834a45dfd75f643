/**
 * A thread is an issue with all of its comments, in GitHub's own order, reduced to what the stages need.
 * GitHub's JSON stops at the adapter; everything after it speaks these types.
 */

/** Who wrote something. `id` is GitHub's numeric user id, null when the account is gone ("ghost") or unknown. */
export interface Author {
  readonly id: number | null;
  readonly login: string;
  readonly isBot: boolean;
}

export interface ThreadComment {
  /** GitHub's numeric comment id; ids grow with time inside a repository. */
  readonly id: number;
  readonly url: string;
  readonly author: Author;
  readonly body: string;
  /** ISO 8601, null where a saved thread does not record it. */
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  /** Hidden by a maintainer ("minimised"). */
  readonly minimized: boolean;
  /** Id of the GitHub App that posted the comment, null for people and unknown. */
  readonly appId: number | null;
  /** GitHub's global id, for GraphQL; absent where the comment did not come from its REST API. */
  readonly nodeId?: string;
}

export interface ThreadIssue {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly author: Author;
  readonly state: 'open' | 'closed';
  readonly locked: boolean;
  readonly labels: readonly string[];
}

export interface Thread {
  /** `owner/name` as it is called now. */
  readonly repository: string;
  readonly issue: ThreadIssue;
  readonly comments: readonly ThreadComment[];
  /**
   * Comment ids that are the candidates, where the source lists them (benchmarks, saved threads);
   * null when candidates are to be detected.
   */
  readonly listedCandidateIds: readonly number[] | null;
}
