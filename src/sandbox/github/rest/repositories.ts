import { createHash } from 'node:crypto';
import type { components } from '@octokit/openapi-types';
import type { Repository } from '../model.ts';
import { notFound, ok, type Reply } from '../reply.ts';
import { type Call, type Route, route } from '../router.ts';
import type { Sandbox } from '../sandbox.ts';
import { permissionShape, repositoryShape } from '../shapes/repository.ts';
import { collaboratorOf, fullNameOf } from '../state.ts';
import { findRepository } from './find.ts';

export const repositoryRoutes: Route[] = [
  route('GET /repos/:owner/:repo', 'installation', (call) =>
    ok(repositoryShape(call.sandbox, findRepository(call, { permission: 'metadata', access: 'read' }))),
  ),
  route('GET /repos/:owner/:repo/collaborators/:login/permission', 'installation', getPermission),
  route('GET /repos/:owner/:repo/contents/:path*', 'installation', getContents),
];

function getPermission(call: Call): Reply {
  const repository = findRepository(call, { permission: 'metadata', access: 'read' });
  const user = call.sandbox.state.users.get((call.params.login ?? '').toLowerCase());
  if (user === undefined) throw notFound();
  return ok(permissionShape(call.sandbox, user, collaboratorOf(repository, user)));
}

/** Of a larger file GitHub tells everything but its content. */
const MAX_SHOWN_BYTES = 1_048_576;

/** A text file of the default branch; other refs have the same files, folders are not served. */
function getContents(call: Call): Reply {
  const repository = findRepository(call, { permission: 'contents', access: 'read' });
  const path = call.params.path ?? '';
  const text = repository.files.get(path);
  if (text === undefined) throw notFound();
  return ok(fileShape(call.sandbox, repository, path, text));
}

function fileShape({ api, html }: Sandbox, repository: Repository, path: string, text: string) {
  const content = Buffer.from(text);
  const isShown = content.length <= MAX_SHOWN_BYTES;
  const sha = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  const base = `${api}/repos/${fullNameOf(repository)}`;
  const url = `${base}/contents/${path}?ref=${repository.defaultBranch}`;
  const page = `${html}/${fullNameOf(repository)}/blob/${repository.defaultBranch}/${path}`;
  const blob = `${base}/git/blobs/${sha}`;
  return {
    type: 'file' as const,
    encoding: isShown ? 'base64' : 'none',
    size: content.length,
    name: path.split('/').at(-1) ?? path,
    path,
    content: isShown ? inLines(content.toString('base64')) : '',
    sha,
    url,
    git_url: blob,
    html_url: page,
    download_url: null,
    _links: { git: blob, html: page, self: url },
  } satisfies components['schemas']['content-file'];
}

/** GitHub breaks base64 after 60 characters and ends it with a line break. */
function inLines(base64: string): string {
  return base64.replace(/.{1,60}/g, '$&\n');
}
