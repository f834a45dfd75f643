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
  }[];
}

const GHOST = 'ghost';

/** Puts a saved thread into a repository, keeping the issue's number and the comments' ids; sends no events. */
export function addThread(sandbox: Sandbox, repository: Repository, thread: SavedThread): Issue {
  const { number, title, body, user } = thread.issue;
  const issue = addIssue(sandbox, {
    repository,
    author: sandbox.state.user(user?.login ?? GHOST),
    number,
    title,
    body: body ?? '',
  });
  for (const saved of thread.comments)
    addComment(sandbox, {
      issue,
      author: sandbox.state.user(saved.user?.login ?? GHOST),
      body: saved.body,
      id: saved.id,
    });
  return issue;
}
