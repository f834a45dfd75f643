import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Config, loadConfig, loadEnvironmentFile } from '../../src/config.ts';
import { generateAppKey } from '../../src/sandbox/github/index.ts';
import { startSetupServer } from '../../src/web/setup.ts';

let directory: string;
let port: number;
const before = { cwd: process.cwd(), env: { ...process.env } };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'setup-'));
  process.chdir(directory);
  vi.stubEnv('NO_SMEE_SETUP', 'true');
  vi.stubEnv('NODE_ENV', 'test');
  port = await freePort();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  process.chdir(before.cwd);
  // Probot's page copies what it saves into the environment.
  for (const name of ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET']) {
    if (before.env[name] === undefined) delete process.env[name];
  }
  await rm(directory, { recursive: true });
});

const config = (): Config => loadConfig({ PORT: String(port) });

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, 'localhost', resolve));
  const { port: free } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return free;
}

describe('the page that registers an App', () => {
  it('offers the App that app.yml describes, private as it says', async () => {
    await writeFile('app.yml', 'name: our-manager\npublic: false\ndefault_permissions:\n  issues: write\n');
    const setup = await startSetupServer(config());
    const page = await (await fetch(setup.url)).text();
    await setup.close();
    const [, manifest = ''] = /name="manifest"[^>]* value='([^']*)'/.exec(page) ?? [];
    expect(JSON.parse(manifest)).toMatchObject({
      name: 'our-manager',
      public: false,
      default_permissions: { issues: 'write' },
      redirect_url: `${setup.url}/probot/setup`,
    });
    await expect(fetch(setup.url)).rejects.toThrow();
  });

  it('saves keys that the configuration then reads', async () => {
    await writeFile('app.yml', 'name: our-manager\n');
    const { privateKey } = generateAppKey();
    const setup = await startSetupServer(config());
    const keys = { appId: '123', pem: privateKey, webhook_secret: 'sesame' };
    const response = await fetch(`${setup.url}/probot/import`, {
      method: 'POST',
      body: JSON.stringify(keys),
    });
    await setup.close();
    expect(response.status).toBe(200);
    expect(await readFile('.env', 'utf8')).toContain('APP_ID=123');
    for (const name of ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET']) delete process.env[name];
    loadEnvironmentFile();
    const read = loadConfig();
    expect(read.app?.id).toBe(123);
    expect(read.app?.privateKey.trim()).toBe(privateKey.trim());
    expect(read.webhook.secret).toBe('sesame');
  });

  it('is reached from this machine alone', async () => {
    await writeFile('app.yml', 'name: our-manager\n');
    const setup = await startSetupServer(config());
    // Another address of this machine, which a server on all addresses would answer on.
    await expect(fetch(`http://127.0.0.2:${port}/probot`)).rejects.toThrow();
    expect((await fetch(setup.url)).status).toBe(200);
    await setup.close();
  });
});

describe('what stops it', () => {
  it('no app.yml: the App would be public and without permissions', async () => {
    await expect(startSetupServer(config())).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('app.yml'),
    });
  });

  it('a port that is in use', async () => {
    await writeFile('app.yml', 'name: our-manager\n');
    const setup = await startSetupServer(config());
    await expect(startSetupServer(config())).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining(`port ${port} is in use`),
    });
    await setup.close();
  });

  it('production, where keys come from the environment', async () => {
    await writeFile('app.yml', 'name: our-manager\n');
    vi.stubEnv('NODE_ENV', 'production');
    await expect(startSetupServer(config())).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('APP_ID'),
    });
  });
});
