import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { ConfigError } from '../src/errors.ts';

const PEM = '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n';

describe('loadConfig', () => {
  it('needs nothing', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      app: null,
      databaseUrl: null,
      inference: null,
      trainingConsent: false,
    });
    expect(config.webhook).toEqual({ secret: null, path: '/api/github/webhooks' });
  });

  it('takes an empty variable as unset, so that an empty secret is no secret', () => {
    expect(loadConfig({ WEBHOOK_SECRET: '', DATABASE_URL: '', PORT: '' })).toMatchObject({
      webhook: { secret: null },
      databaseUrl: null,
      http: { port: 3000 },
    });
    expect(loadConfig({ WEBHOOK_SECRET: '   ' }).webhook.secret).toBeNull();
  });

  it.each([
    ['as it is', PEM],
    ['with escaped line breaks', PEM.replaceAll('\n', '\\n')],
    ['in base64', Buffer.from(PEM).toString('base64')],
  ])('reads a private key %s', (_name, key) => {
    expect(loadConfig({ APP_ID: '7', PRIVATE_KEY: key }).app).toEqual({ id: 7, privateKey: PEM });
  });

  it('reads a private key from a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'swe-manager-key-')), 'key.pem');
    writeFileSync(file, PEM);
    expect(loadConfig({ APP_ID: '7', PRIVATE_KEY_PATH: file }).app?.privateKey).toBe(PEM);
  });

  it.each([
    [{ PORT: 'http' }, 'PORT'],
    [{ PORT: '70000' }, 'PORT'],
    [{ APP_ID: 'mine' }, 'APP_ID'],
    [{ APP_ID: '7' }, 'private key'],
    [{ APP_ID: '7', PRIVATE_KEY: 'nonsense' }, 'PRIVATE_KEY'],
    [{ APP_ID: '7', PRIVATE_KEY_PATH: '/nowhere/key.pem' }, '/nowhere/key.pem'],
    [{ INSTALLATION_ALLOWLIST: '1;2' }, 'INSTALLATION_ALLOWLIST'],
    [{ INFERENCE_URL: 'not a url' }, 'INFERENCE_URL'],
    [{ POSTING_DISABLED: 'maybe' }, 'POSTING_DISABLED'],
    [{ CONCURRENCY: '1.5' }, 'CONCURRENCY'],
    // Timers of 32 bits would ring at once.
    [{ DRAIN_MS: '99999999999' }, 'DRAIN_MS'],
    [{ PLACEHOLDER_AFTER_MS: '99999999999' }, 'PLACEHOLDER_AFTER_MS'],
    [{ INFERENCE_TIMEOUT_SECONDS: '9999999' }, 'INFERENCE_TIMEOUT_SECONDS'],
  ])('names what is wrong in %j', (env, name) => {
    expect(() => loadConfig(env)).toThrow(ConfigError);
    expect(() => loadConfig(env)).toThrow(name);
  });
});
