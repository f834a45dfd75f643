import { randomBytes } from 'node:crypto';
import type { components } from '@octokit/openapi-types';
import { holdsRepository } from '../auth.ts';
import type { Access, Installation, InstallationToken, Permissions } from '../model.ts';
import { created, invalid, notAccessible, notFound, ok, type Reply, suspended } from '../reply.ts';
import { type Call, type Route, route } from '../router.ts';
import { appShape, installationShape } from '../shapes/app.ts';
import { repositoryShape } from '../shapes/repository.ts';
import { numberParam } from './find.ts';
import { paged } from './paging.ts';

const TOKEN_LIFETIME_MS = 60 * 60 * 1000;

export const appRoutes: Route[] = [
  route('GET /app', 'app', ({ sandbox }) => ok(appShape(sandbox))),
  route('GET /app/installations', 'app', (call) =>
    paged(call, [...call.sandbox.state.installations.values()], (one) =>
      installationShape(call.sandbox, one),
    ),
  ),
  route('GET /app/installations/:id', 'app', (call) =>
    ok(installationShape(call.sandbox, findInstallation(call, numberParam(call, 'id')))),
  ),
  route('POST /app/installations/:id/access_tokens', 'app', createToken),
  route('GET /repos/:owner/:repo/installation', 'app', getInstallationOfRepository),
  route('GET /installation/repositories', 'installation', listRepositories),
];

function findInstallation({ sandbox }: Call, id: number): Installation {
  const installation = sandbox.state.installations.get(id);
  if (installation === undefined) throw notFound();
  return installation;
}

function getInstallationOfRepository(call: Call): Reply {
  const { state } = call.sandbox;
  const fullName = `${call.params.owner}/${call.params.repo}`;
  const repository = state.findRepository(fullName) ?? state.findRenamed(fullName);
  return ok(installationShape(call.sandbox, findInstallation(call, repository?.installationId ?? -1)));
}

/** A token for one hour, narrowed to the repositories and permissions that the request names. */
function createToken(call: Call): Reply {
  const installation = findInstallation(call, numberParam(call, 'id'));
  if (installation.suspendedAt !== null) throw suspended();
  const token: InstallationToken = {
    token: `ghs_${randomBytes(18).toString('hex')}`,
    installationId: installation.id,
    repositoryIds: wantedRepositories(call, installation),
    permissions: wantedPermissions(call, installation),
    expiresAt: Date.now() + TOKEN_LIFETIME_MS,
  };
  call.sandbox.state.tokens.set(token.token, token);
  return created({
    token: token.token,
    expires_at: new Date(token.expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    permissions: token.permissions,
    repository_selection: 'selected',
  } satisfies components['schemas']['installation-token']);
}

function wantedRepositories(call: Call, installation: Installation): ReadonlySet<number> | null {
  const { repositories: names, repository_ids: ids } = call.body;
  if (!Array.isArray(names) && !Array.isArray(ids)) return null;
  const held = call.sandbox.state.repositoriesOfInstallation(installation.id);
  const wanted = held.filter(
    (one) =>
      (Array.isArray(names) && names.includes(one.name)) || (Array.isArray(ids) && ids.includes(one.id)),
  );
  const asked = (Array.isArray(names) ? names.length : 0) + (Array.isArray(ids) ? ids.length : 0);
  if (wanted.length < asked) throw invalid('Installation', 'repositories', 'invalid');
  return new Set(wanted.map((one) => one.id));
}

function wantedPermissions(call: Call, installation: Installation): Permissions {
  const { permissions } = call.body;
  if (typeof permissions !== 'object' || permissions === null) return { ...installation.permissions };
  const wanted = Object.entries(permissions) as [string, Access][];
  for (const [name, access] of wanted) {
    const granted = installation.permissions[name];
    if (granted === undefined || (access === 'write' && granted === 'read'))
      throw invalid('Installation', 'permissions', 'invalid');
  }
  return Object.fromEntries([...wanted, ['metadata', 'read'] as const]);
}

function listRepositories(call: Call): Reply {
  const { viewer } = call;
  if (viewer.kind !== 'installation') throw notAccessible();
  const held = call.sandbox.state
    .repositoriesOfInstallation(viewer.installation.id)
    .filter((one) => holdsRepository(viewer, one));
  return paged(
    call,
    held,
    (one) => repositoryShape(call.sandbox, one),
    (repositories) => ({ total_count: held.length, repository_selection: 'selected', repositories }),
  );
}
