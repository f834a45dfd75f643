/** GitHub's JSON stops here. */
import { wellFormed } from '../../markdown/invisible.ts';
import type { Author, ThreadComment, ThreadIssue } from '../../pipeline/thread/types.ts';
import type { IssueFacts, IssueRef, RecentComment, RemoteComment } from '../../ports.ts';
import type { GitHubOctokit } from './octokit.ts';

type Rest = GitHubOctokit['rest'];
type IssueJson = Awaited<ReturnType<Rest['issues']['get']>>['data'];
type CommentJson = Awaited<ReturnType<Rest['issues']['getComment']>>['data'];

/** Where an issue is now: it may have been transferred, and its repository renamed, since somebody named it. */
export function placeOf(issue: IssueJson): IssueRef {
  const [owner = '', name = ''] = issue.repository_url.split('/').slice(-2);
  return { owner, name, number: issue.number };
}

export function toIssue(issue: IssueJson): ThreadIssue {
  return {
    number: issue.number,
    url: issue.html_url,
    title: wellFormed(issue.title),
    body: wellFormed(issue.body ?? ''),
    author: toAuthor(issue.user),
    state: issue.state === 'closed' ? 'closed' : 'open',
    locked: issue.locked,
    labels: issue.labels.flatMap((label) => {
      const name = typeof label === 'string' ? label : label.name;
      return name ? wellFormed(name) : [];
    }),
  };
}

export function toThreadComment(comment: CommentJson, minimized: boolean): ThreadComment {
  return {
    id: comment.id,
    url: comment.html_url,
    author: toAuthor(comment.user),
    body: wellFormed(comment.body ?? ''),
    createdAt: comment.created_at,
    updatedAt: comment.updated_at,
    minimized,
    appId: comment.performed_via_github_app?.id ?? null,
    nodeId: comment.node_id,
  };
}

export function toRemoteComment(comment: CommentJson): RemoteComment {
  return {
    id: comment.id,
    url: comment.html_url,
    body: wellFormed(comment.body ?? ''),
    appId: comment.performed_via_github_app?.id ?? null,
    createdAt: comment.created_at,
    updatedAt: comment.updated_at,
  };
}

export function toRecentComment(comment: CommentJson): RecentComment {
  return {
    ...toRemoteComment(comment),
    issueNumber: Number(comment.issue_url.split('/').at(-1)),
    author: toAuthor(comment.user),
  };
}

export function toIssueFacts(issue: IssueJson): IssueFacts {
  const { id, number, title, author, state, locked } = { ...toIssue(issue), id: issue.id };
  return {
    id,
    number,
    title,
    authorLogin: issue.user ? author.login : null,
    state,
    locked,
    isPullRequest: issue.pull_request != null,
    updatedAt: issue.updated_at,
  };
}

/** Deleted accounts have no user: GitHub shows them as "ghost". */
function toAuthor(user: { id: number; login: string; type?: string } | null | undefined): Author {
  if (!user) return { id: null, login: 'ghost', isBot: false };
  return { id: user.id, login: user.login, isBot: user.type === 'Bot' };
}
