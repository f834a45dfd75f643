import type { components } from '@octokit/openapi-types';
import type { Issue, PullFile } from '../model.ts';
import type { Sandbox } from '../sandbox.ts';
import { fullNameOf } from '../state.ts';
import { associationOf, issueApiUrl, issuePageUrl, labelShape } from './issue.ts';
import { nodeId } from './node-id.ts';
import { repositoryShape } from './repository.ts';
import { userShape } from './user.ts';

/** A pull request as its events carry it. There is no branch behind it: head and base name refs and no commits. */
export function pullShape(sandbox: Sandbox, pull: Issue) {
  const assignees = pull.assignees.map((one) => userShape(sandbox, one));
  return {
    ...pullUrls(sandbox, pull),
    id: pull.id,
    node_id: nodeId('pull', pull.id),
    number: pull.number,
    state: pull.state,
    locked: pull.locked,
    title: pull.title,
    user: userShape(sandbox, pull.author),
    body: pull.body,
    labels: pull.labels.map((one) => labelShape(sandbox, pull.repository, one)),
    milestone: null,
    active_lock_reason: pull.lockReason,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.merge?.at ?? null,
    merge_commit_sha: pull.merge === null ? null : '0'.repeat(40),
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: [],
    requested_teams: [],
    head: branch(sandbox, pull, `change-${pull.number}`),
    base: branch(sandbox, pull, pull.repository.defaultBranch),
    author_association: associationOf(pull.repository, pull.author),
    auto_merge: null,
    draft: false,
    merged: pull.merge !== null,
    mergeable: null,
    rebaseable: null,
    mergeable_state: 'unknown',
    merged_by: pull.merge && userShape(sandbox, pull.merge.by),
    comments: pull.comments.length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: 1,
    additions: 1,
    deletions: 1,
    changed_files: Math.max(1, pull.files.length),
  } satisfies components['schemas']['pull-request'];
}

/** An entry of `GET /pulls/{number}/files`; a binary file has no patch. */
export function pullFileShape(sandbox: Sandbox, pull: Issue, { path, previousPath, patch }: PullFile) {
  const lines = (patch ?? '').split('\n');
  const additions = lines.filter((line) => line.startsWith('+')).length;
  const deletions = lines.filter((line) => line.startsWith('-')).length;
  const ref = '0'.repeat(40);
  const name = fullNameOf(pull.repository);
  return {
    sha: ref,
    filename: path,
    status: previousPath === undefined ? ('modified' as const) : ('renamed' as const),
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `${sandbox.html}/${name}/blob/${ref}/${path}`,
    raw_url: `${sandbox.html}/${name}/raw/${ref}/${path}`,
    contents_url: `${sandbox.api}/repos/${name}/contents/${path}?ref=${ref}`,
    ...(patch === undefined ? {} : { patch }),
    ...(previousPath === undefined ? {} : { previous_filename: previousPath }),
  } satisfies components['schemas']['diff-entry'];
}

function branch(sandbox: Sandbox, { repository, author }: Issue, ref: string) {
  return {
    label: `${repository.owner.login}:${ref}`,
    ref,
    repo: repositoryShape(sandbox, repository),
    sha: '0'.repeat(40),
    user: userShape(sandbox, author),
  };
}

function pullUrls(sandbox: Sandbox, pull: Issue) {
  const url = `${sandbox.api}/repos/${fullNameOf(pull.repository)}/pulls/${pull.number}`;
  const page = issuePageUrl(sandbox, pull);
  const issue = issueApiUrl(sandbox, pull);
  const parts = {
    comments: `${issue}/comments`,
    commits: `${url}/commits`,
    statuses: `${sandbox.api}/repos/${fullNameOf(pull.repository)}/statuses/${'0'.repeat(40)}`,
    review_comments: `${url}/comments`,
    review_comment: `${sandbox.api}/repos/${fullNameOf(pull.repository)}/pulls/comments{/number}`,
  };
  const href = (address: string) => ({ href: address });
  return {
    url,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    commits_url: parts.commits,
    review_comments_url: parts.review_comments,
    review_comment_url: parts.review_comment,
    comments_url: parts.comments,
    statuses_url: parts.statuses,
    _links: {
      self: href(url),
      html: href(page),
      issue: href(issue),
      comments: href(parts.comments),
      commits: href(parts.commits),
      statuses: href(parts.statuses),
      review_comments: href(parts.review_comments),
      review_comment: href(parts.review_comment),
    },
  };
}
