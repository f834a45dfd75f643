import type { components } from '@octokit/openapi-types';
import type { Installation } from '../model.ts';
import type { Sandbox } from '../sandbox.ts';
import { nodeId } from './node-id.ts';
import { userShape } from './user.ts';

const EPOCH = '2024-01-01T00:00:00Z';

export function appShape(sandbox: Sandbox) {
  const { app, state, html } = sandbox;
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId('app', app.id),
    client_id: app.clientId,
    owner: userShape(sandbox, state.user(`${app.slug}-owner`)),
    name: app.name,
    description: null,
    external_url: `${html}/apps/${app.slug}`,
    html_url: `${html}/apps/${app.slug}`,
    created_at: EPOCH,
    updated_at: EPOCH,
    permissions: { ...app.permissions },
    events: [...app.events],
  } satisfies NonNullable<components['schemas']['integration']>;
}

export function installationShape(sandbox: Sandbox, installation: Installation) {
  const { app, api, html } = sandbox;
  const url = `${api}/app/installations/${installation.id}`;
  return {
    id: installation.id,
    account: userShape(sandbox, installation.account),
    repository_selection: 'selected' as const,
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${api}/installation/repositories`,
    html_url: `${html}/settings/installations/${installation.id}`,
    app_id: app.id,
    client_id: app.clientId,
    app_slug: app.slug,
    target_id: installation.account.id,
    target_type: installation.account.type,
    permissions: { ...installation.permissions },
    events: [...app.events],
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    suspended_by: installation.suspendedBy && userShape(sandbox, installation.suspendedBy),
    suspended_at: installation.suspendedAt,
  } satisfies components['schemas']['installation'];
}
