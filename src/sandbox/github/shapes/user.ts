import type { components } from '@octokit/openapi-types';
import type { User } from '../model.ts';
import type { Sandbox } from '../sandbox.ts';
import { type NodeKind, nodeId } from './node-id.ts';

const NODE_KINDS = { User: 'user', Bot: 'bot', Organization: 'organization' } as const satisfies Record<
  User['type'],
  NodeKind
>;

export function userNodeId(user: User): string {
  return nodeId(NODE_KINDS[user.type], user.id);
}

export function userShape({ api, html }: Sandbox, user: User) {
  const url = `${api}/users/${encodeURIComponent(user.login)}`;
  return {
    login: user.login,
    id: user.id,
    node_id: userNodeId(user),
    avatar_url: `${html}/avatars/${user.id}`,
    gravatar_id: '',
    url,
    html_url: pageOf(html, user),
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: user.type,
    site_admin: false,
  } satisfies components['schemas']['simple-user'];
}

/** The form in which webhooks name the organisation that owns a repository. */
export function organizationShape(sandbox: Sandbox, { id, login }: User) {
  const url = `${sandbox.api}/orgs/${login}`;
  return {
    id,
    login,
    node_id: nodeId('organization', id),
    description: null,
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${sandbox.html}/avatars/${id}`,
  } satisfies components['schemas']['organization-simple'];
}

function pageOf(html: string, user: User): string {
  return user.type === 'Bot' ? `${html}/apps/${user.login.replace(/\[bot\]$/, '')}` : `${html}/${user.login}`;
}
