import type { components } from '@octokit/openapi-types';
import type { Collaborator, Repository, User } from '../model.ts';
import { ROLES } from '../model.ts';
import type { Sandbox } from '../sandbox.ts';
import { fullNameOf } from '../state.ts';
import { nodeId } from './node-id.ts';
import { userShape } from './user.ts';

export function repositoryShape(sandbox: Sandbox, repository: Repository) {
  const openIssues = [...repository.issues.values()].filter((one) => one.state === 'open').length;
  const counts = { forks: 0, forks_count: 0, watchers: 0, watchers_count: 0, stargazers_count: 0 };
  return {
    id: repository.id,
    node_id: nodeId('repository', repository.id),
    name: repository.name,
    full_name: fullNameOf(repository),
    private: repository.private,
    visibility: repository.private ? 'private' : 'public',
    owner: userShape(sandbox, repository.owner),
    description: null,
    fork: false,
    ...repositoryUrls(sandbox, repository),
    homepage: null,
    language: null,
    ...counts,
    subscribers_count: 0,
    network_count: 0,
    size: 0,
    default_branch: repository.defaultBranch,
    open_issues: openIssues,
    open_issues_count: openIssues,
    topics: [] as string[],
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: false,
    has_discussions: false,
    is_template: false,
    allow_forking: true,
    web_commit_signoff_required: false,
    archived: false,
    disabled: false,
    license: null,
    pushed_at: repository.createdAt,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
  } satisfies components['schemas']['full-repository'] & components['schemas']['repository'];
}

function repositoryUrls({ api, html }: Sandbox, repository: Repository) {
  const url = `${api}/repos/${fullNameOf(repository)}`;
  const page = `${html}/${fullNameOf(repository)}`;
  return {
    url,
    html_url: page,
    ...collectionUrls(url),
    git_url: `git:${page.replace(/^https?:/, '')}.git`,
    ssh_url: `git@github.com:${fullNameOf(repository)}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    mirror_url: null,
  };
}

function collectionUrls(url: string) {
  return {
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    hooks_url: `${url}/hooks`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
  };
}

/** The short form that installation events list. */
export function repositorySummary(repository: Repository) {
  return {
    id: repository.id,
    node_id: nodeId('repository', repository.id),
    name: repository.name,
    full_name: fullNameOf(repository),
    private: repository.private,
  };
}

/** GitHub's older `permission` knows four words only: triage reads as read, maintain as write. */
const LEGACY_PERMISSIONS = {
  none: 'none',
  read: 'read',
  triage: 'read',
  write: 'write',
  maintain: 'write',
  admin: 'admin',
} as const;

export function permissionShape(sandbox: Sandbox, user: User, { role, roleName }: Collaborator) {
  const atLeast = (least: (typeof ROLES)[number]): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least);
  const permissions = {
    admin: atLeast('admin'),
    maintain: atLeast('maintain'),
    push: atLeast('write'),
    triage: atLeast('triage'),
    pull: atLeast('read'),
  };
  return {
    permission: LEGACY_PERMISSIONS[role],
    role_name: roleName,
    user: { ...userShape(sandbox, user), permissions, role_name: roleName },
  } satisfies components['schemas']['repository-collaborator-permission'];
}
