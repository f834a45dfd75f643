import type { components } from '@octokit/openapi-types';
import type { Comment, Issue, Label, Reaction, Repository, User } from '../model.ts';
import { REACTIONS } from '../model.ts';
import type { Sandbox } from '../sandbox.ts';
import { fullNameOf } from '../state.ts';
import { appShape } from './app.ts';
import { nodeId } from './node-id.ts';
import { userShape } from './user.ts';

export function issueApiUrl({ api }: Sandbox, issue: Issue): string {
  return `${api}/repos/${fullNameOf(issue.repository)}/issues/${issue.number}`;
}

export function issuePageUrl({ html }: Sandbox, issue: Issue): string {
  const kind = issue.isPullRequest ? 'pull' : 'issues';
  return `${html}/${fullNameOf(issue.repository)}/${kind}/${issue.number}`;
}

export function issueShape(sandbox: Sandbox, issue: Issue) {
  const url = issueApiUrl(sandbox, issue);
  const assignees = issue.assignees.map((one) => userShape(sandbox, one));
  return {
    url,
    repository_url: `${sandbox.api}/repos/${fullNameOf(issue.repository)}`,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: issuePageUrl(sandbox, issue),
    id: issue.id,
    node_id: nodeId('issue', issue.id),
    number: issue.number,
    title: issue.title,
    user: userShape(sandbox, issue.author),
    labels: issue.labels.map((one) => labelShape(sandbox, issue.repository, one)),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: issue.locked,
    active_lock_reason: issue.lockReason,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    comments: issue.comments.length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    closed_by: issue.closedBy && userShape(sandbox, issue.closedBy),
    author_association: associationOf(issue.repository, issue.author),
    performed_via_github_app: null,
    body: issue.body,
    reactions: rollup(`${url}/reactions`, issue.reactions),
    ...(issue.isPullRequest ? { pull_request: pullRequestLinks(sandbox, issue) } : {}),
  } satisfies components['schemas']['issue'];
}

function pullRequestLinks(sandbox: Sandbox, issue: Issue) {
  const page = issuePageUrl(sandbox, issue);
  return {
    url: `${sandbox.api}/repos/${fullNameOf(issue.repository)}/pulls/${issue.number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    merged_at: issue.merge?.at ?? null,
  };
}

export function labelShape({ api }: Sandbox, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: nodeId('label', label.id),
    url: `${api}/repos/${fullNameOf(repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    description: null,
    color: label.color,
    default: false,
  } satisfies components['schemas']['label'];
}

export function commentPageUrl(sandbox: Sandbox, comment: Comment): string {
  return `${issuePageUrl(sandbox, comment.issue)}#issuecomment-${comment.id}`;
}

export function commentShape(sandbox: Sandbox, comment: Comment) {
  const { issue } = comment;
  const url = `${sandbox.api}/repos/${fullNameOf(issue.repository)}/issues/comments/${comment.id}`;
  return {
    url,
    html_url: commentPageUrl(sandbox, comment),
    issue_url: issueApiUrl(sandbox, issue),
    id: comment.id,
    node_id: nodeId('comment', comment.id),
    user: userShape(sandbox, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    body: comment.body,
    author_association: associationOf(issue.repository, comment.author),
    reactions: rollup(`${url}/reactions`, comment.reactions),
    performed_via_github_app: comment.viaApp ? appShape(sandbox) : null,
    minimized: comment.minimized === null ? null : { reason: comment.minimized },
  } satisfies components['schemas']['issue-comment'];
}

export function reactionShape(sandbox: Sandbox, reaction: Reaction) {
  return {
    id: reaction.id,
    node_id: nodeId('reaction', reaction.id),
    user: userShape(sandbox, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  } satisfies components['schemas']['reaction'];
}

function rollup(url: string, reactions: readonly Reaction[]) {
  const count = (content: Reaction['content']): number =>
    reactions.filter((one) => one.content === content).length;
  const counts = Object.fromEntries(REACTIONS.map((one) => [one, count(one)])) as Record<
    Reaction['content'],
    number
  >;
  return { url, total_count: reactions.length, ...counts } satisfies components['schemas']['reaction-rollup'];
}

export function associationOf(repository: Repository, user: User) {
  if (repository.owner.id === user.id) return 'OWNER' as const;
  if (repository.collaborators.has(user.login.toLowerCase())) return 'COLLABORATOR' as const;
  return 'NONE' as const;
}
