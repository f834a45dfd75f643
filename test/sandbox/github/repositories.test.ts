import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure, startWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.fake.close());

const shop = { owner: 'acme', repo: 'shop' };

describe('the permission of a collaborator', () => {
  const flags = (pull: boolean, triage: boolean, push: boolean, maintain: boolean, admin: boolean) => ({
    pull,
    triage,
    push,
    maintain,
    admin,
  });

  it.each([
    ['ada', 'admin', 'admin', flags(true, true, true, true, true)],
    ['mia', 'write', 'maintain', flags(true, true, true, true, false)],
    ['wes', 'write', 'write', flags(true, true, true, false, false)],
    ['tom', 'read', 'triage', flags(true, true, false, false, false)],
    ['rob', 'read', 'read', flags(true, false, false, false, false)],
  ])('of %s reads %s, role %s', async (username, permission, role, permissions) => {
    const { data } = await world.octokit.rest.repos.getCollaboratorPermissionLevel({ ...shop, username });
    expect(data).toMatchObject({ permission, role_name: role, user: { permissions, role_name: role } });
  });

  it('is read for a stranger on a public repository, none on a private one, 404 for nobody', async () => {
    const { fake, octokit } = world;
    fake.addRepository({ owner: 'acme', name: 'vault', private: true, installationId: 77 });
    fake.as('stranger');
    const ask = (repo: string, username: string) =>
      octokit.rest.repos.getCollaboratorPermissionLevel({ owner: 'acme', repo, username });
    expect((await ask('shop', 'Stranger')).data).toMatchObject({ permission: 'read', role_name: 'read' });
    expect((await ask('vault', 'stranger')).data).toMatchObject({
      permission: 'none',
      user: { permissions: flags(false, false, false, false, false) },
    });
    expect((await failure(ask('shop', 'nobody-of-that-name'))).status).toBe(404);
  });

  it('shows the name of a custom role', async () => {
    world.fake.setCollaborator(world.repository, 'cora', { role: 'triage', roleName: 'community-lead' });
    const { data } = await world.octokit.rest.repos.getCollaboratorPermissionLevel({
      ...shop,
      username: 'cora',
    });
    expect(data).toMatchObject({
      permission: 'read',
      role_name: 'community-lead',
      user: { permissions: flags(true, true, false, false, false) },
    });
  });
});

describe('contents', () => {
  const path = '.github/swe-manager.yml';

  it('are base64, and 404 when there is no such file', async () => {
    const { data } = await world.octokit.rest.repos.getContent({ ...shop, path });
    if (Array.isArray(data) || data.type !== 'file') throw new Error('not a file');
    expect(Buffer.from(data.content, 'base64').toString()).toBe('mode: command\n');
    expect((await failure(world.octokit.rest.repos.getContent({ ...shop, path: 'no.yml' }))).status).toBe(
      404,
    );
  });

  it('are answered with 304 while they are unchanged, which costs nothing', async () => {
    const { octokit, repository } = world;
    const first = await octokit.rest.repos.getContent({ ...shop, path });
    const ask = () =>
      octokit.rest.repos.getContent({
        ...shop,
        path,
        headers: { 'if-none-match': first.headers.etag ?? '' },
      });
    const unchanged = await failure(ask());
    expect(unchanged.status).toBe(304);
    expect(unchanged.headers['x-ratelimit-used']).toBe(first.headers['x-ratelimit-used']);
    repository.files.set(path, 'mode: observe\n');
    expect((await ask()).status).toBe(200);
  });
});

describe('a repository', () => {
  it('that was renamed redirects readers and writers by its id', async () => {
    const { fake, octokit, at, repository, issue } = world;
    fake.as('ada').renameRepository('acme/shop', 'store');
    const { data, url } = await octokit.rest.repos.get(shop);
    expect(data.full_name).toBe('acme/store');
    expect(url).toBe(`${fake.url}/repositories/${repository.id}`);
    expect((await octokit.rest.issues.createComment({ ...at, body: 'still here' })).status).toBe(201);
    expect(issue.comments.map((one) => one.body)).toEqual(['still here']);
    const moves = fake.state.audit.find({ path: /^\/repos\/acme\/shop/ }).map((one) => one.status);
    expect(moves).toEqual([301, 307]);
  });

  it('that was transferred keeps its id and its issues', async () => {
    const { fake, octokit, at, repository } = world;
    fake.as('ada').transferRepository('acme/shop', 'umbrella');
    const { data } = await octokit.rest.issues.get(at);
    expect(data.html_url).toBe('https://github.com/umbrella/shop/issues/1');
    expect((await octokit.request('GET /repositories/{id}', { id: repository.id })).data.full_name).toBe(
      'umbrella/shop',
    );
  });

  it('out of reach is hidden when private, and closed to writers when public', async () => {
    const { fake, octokit } = world;
    for (const [name, hidden] of [
      ['closed', true],
      ['open', false],
    ] as const) {
      const other = fake.addRepository({ owner: 'other', name, private: hidden, installationId: 78 });
      fake.addIssue(other, { title: 'Theirs' });
    }
    const get = (repo: string) => octokit.rest.issues.get({ owner: 'other', repo, issue_number: 1 });
    const post = (repo: string) =>
      octokit.rest.issues.createComment({ owner: 'other', repo, issue_number: 1, body: 'x' });
    expect((await failure(get('closed'))).status).toBe(404);
    expect((await failure(post('closed'))).status).toBe(404);
    expect((await get('open')).status).toBe(200);
    expect((await failure(post('open'))).status).toBe(403);
  });
});
