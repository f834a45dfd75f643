import { createAppAuth } from '@octokit/auth-app';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateAppKey } from '../../../src/sandbox/github/index.ts';
import { failure, PlainOctokit, startWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.fake.close());

function octokitWith(auth: string): InstanceType<typeof PlainOctokit> {
  return new PlainOctokit({ baseUrl: world.fake.url, auth });
}

describe('the App', () => {
  it('is who signs with its key, by its id or its client id', async () => {
    const { app, fake } = world;
    expect((await app.octokit.rest.apps.getAuthenticated()).data).toMatchObject({
      id: fake.app.id,
      slug: 'swe-manager',
    });
    const byClientId = new PlainOctokit({
      baseUrl: fake.url,
      authStrategy: createAppAuth,
      auth: { appId: fake.app.clientId, privateKey: fake.privateKey },
    });
    expect((await byClientId.rest.apps.getAuthenticated()).status).toBe(200);
  });

  it('is not who signs with another key, or for another App', async () => {
    const { fake } = world;
    const as = (auth: { appId: number; privateKey: string }) =>
      failure(
        new PlainOctokit({
          baseUrl: fake.url,
          authStrategy: createAppAuth,
          auth,
        }).rest.apps.getAuthenticated(),
      );
    expect((await as({ appId: fake.app.id, privateKey: generateAppKey().privateKey })).status).toBe(401);
    expect((await as({ appId: 1, privateKey: fake.privateKey })).status).toBe(404);
  });

  it('sees its installations', async () => {
    const { app } = world;
    const { data } = await app.octokit.rest.apps.listInstallations();
    expect(data.map((one) => one.id)).toEqual([77]);
    const found = await app.octokit.rest.apps.getRepoInstallation({ owner: 'acme', repo: 'shop' });
    expect(found.data.id).toBe(77);
    expect((await failure(app.octokit.rest.apps.getInstallation({ installation_id: 1 }))).status).toBe(404);
  });
});

describe('an installation token', () => {
  it('lists the repositories it reaches', async () => {
    const { octokit, fake } = world;
    fake.addRepository({ owner: 'other', name: 'thing', installationId: 78 });
    const { data } = await octokit.rest.apps.listReposAccessibleToInstallation();
    expect(data.repositories.map((one) => one.full_name)).toEqual(['acme/shop']);
  });

  it('can be narrowed to repositories and permissions', async () => {
    const { app, fake, at } = world;
    const vault = fake.addRepository({ owner: 'acme', name: 'vault', private: true, installationId: 77 });
    const { data } = await app.octokit.rest.apps.createInstallationAccessToken({
      installation_id: 77,
      repository_ids: [vault.id],
      permissions: { issues: 'read' },
    });
    const narrow = octokitWith(data.token);
    expect((await narrow.rest.repos.get({ owner: 'acme', repo: 'vault' })).status).toBe(200);
    const shopWrite = narrow.rest.issues.createComment({ ...at, body: 'x' });
    expect((await failure(shopWrite)).status).toBe(403);
    fake.addIssue(vault, { title: 'Inside' });
    const vaultWrite = narrow.rest.issues.createComment({
      owner: 'acme',
      repo: 'vault',
      issue_number: 1,
      body: 'x',
    });
    expect(await failure(vaultWrite)).toMatchObject({
      status: 403,
      message: expect.stringContaining('Resource not accessible by integration'),
    });
    const tooMuch = app.octokit.rest.apps.createInstallationAccessToken({
      installation_id: 77,
      permissions: { contents: 'write' },
    });
    expect((await failure(tooMuch)).status).toBe(422);
  });

  it('is refused when absent, unknown or expired', async () => {
    const { fake, octokit, at } = world;
    await octokit.rest.issues.get(at);
    const anonymous = new PlainOctokit({ baseUrl: fake.url });
    expect((await failure(anonymous.rest.issues.get(at))).status).toBe(401);
    expect((await failure(octokitWith('ghs_nonsense').rest.issues.get(at))).status).toBe(401);
    const [token] = [...fake.state.tokens.keys()];
    expect((await octokitWith(token ?? '').rest.issues.get(at)).status).toBe(200);
    fake.expireTokens();
    expect((await failure(octokitWith(token ?? '').rest.issues.get(at))).status).toBe(401);
  });

  it('stops working while the installation is suspended', async () => {
    const { app, fake, octokit, at } = world;
    await octokit.rest.issues.get(at);
    fake.suspend(77);
    expect(await failure(octokit.rest.issues.get(at))).toMatchObject({
      status: 403,
      message: expect.stringContaining('This installation has been suspended'),
    });
    const fresh = app.octokit.rest.apps.createInstallationAccessToken({ installation_id: 77 });
    expect((await failure(fresh)).status).toBe(403);
    fake.unsuspend(77);
    expect((await octokit.rest.issues.get(at)).status).toBe(200);
  });

  it('dies with the installation', async () => {
    const { fake, octokit, at } = world;
    await octokit.rest.issues.get(at);
    const [token] = [...fake.state.tokens.keys()];
    fake.uninstall(77);
    expect((await failure(octokitWith(token ?? '').rest.issues.get(at))).status).toBe(401);
  });
});
