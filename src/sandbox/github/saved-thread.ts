import { addComment } from './actions/comments.ts';
import { addIssue } from './actions/issues.ts';
import type { Issue, Repository } from './model.ts';
import type { Sandbox } from './sandbox.ts';

/** An issue with its comments as saved from GitHub's REST API, reduced to what is needed to show it again. */
export interface SavedThread {
  /** `owner/name` */
  readonly repository: string;
  readonly issue: {
    readonly number: number;
    readonly title: string;
    readonly body: string | null;
    readonly user?: { readonly login: string } | null;
  };
  readonly comments: readonly {
    readonly id: number;
    readonly html_url?: string;
    /** Null for a deleted account, shown as `ghost`. */
    readonly user: { readonly login: string } | null;
    readonly body: string;
    /** ISO 8601; see `addThread` for threads that were saved without times. */
    readonly created_at?: string;
  }[];
}

const GHOST = 'ghost';
const MINUTE_MS = 60_000;

/**
 * Puts a saved thread into a repository, keeping the issue's number and the comments' ids; sends no events.
 * Without saved times the thread is as old as it has comments, in minutes: one minute from each to the next.
 */
export function addThread(sandbox: Sandbox, repository: Repository, thread: SavedThread): Issue {
  const { state } = sandbox;
  const { number, title, body, user } = thread.issue;
  const minutesAgo = (minutes: number): string => state.timestamp(-minutes * MINUTE_MS);
  const issue = addIssue(sandbox, {
    repository,
    author: state.user(user?.login ?? GHOST),
    number,
    title,
    body: body ?? '',
    at: minutesAgo(thread.comments.length + 1),
  });
  for (const [index, saved] of thread.comments.entries())
    addComment(sandbox, {
      issue,
      author: state.user(saved.user?.login ?? GHOST),
      body: saved.body,
      id: saved.id,
      at: saved.created_at ?? minutesAgo(thread.comments.length - index),
    });
  return issue;
}
