/** Nothing that is secret stands in a log or an error, whatever goes wrong. */
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/adapters/db/open.ts';
import { openWorld } from '../e2e/world.ts';

const INFERENCE_KEY = 'inference-key-3f1c';
const PASSWORD = 'database-password-9a7e';

it('the whole App logs no key, secret or token, at its most talkative and in trouble', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const w = await openWorld({ parts: { logger } });
  try {
    const issue = w.newIssue();
    w.propose(issue, 'ann');
    w.github.failAt({ method: 'POST', path: /comments$/ }, { kind: 'applied-then-status' });
    w.github.failAt({ method: 'GET', path: /collaborators/ }, { kind: 'status', status: 500 });
    w.github.expireTokens();
    await w.command(issue, 'mia', '/manager choose');
    w.github.failAt({ path: /access_tokens/ }, { kind: 'status', status: 401 });
    w.github.expireTokens();
    await w.command(issue, 'mia', '/manager accept');
    await fetch(`${w.app.url}/api/github/webhooks`, { method: 'POST', body: w.github.webhookSecret });
    const secrets = [
      w.github.webhookSecret,
      ...w.github.state.tokens.keys(),
      ...w.github.privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('---')),
    ];
    expect(secrets.length).toBeGreaterThan(10);
    const text = lines.join('\n');
    expect(lines.length).toBeGreaterThan(0);
    for (const secret of secrets)
      expect(text.includes(secret), `a log line holds ${secret.slice(0, 6)}…`).toBe(false);
    expect(text).not.toMatch(/eyJ[\w-]{10,}\.eyJ/); // A JSON web token of the App.
  } finally {
    await w.close();
  }
});

it('an error about the database holds no password', async () => {
  const databaseUrl = `postgres://manager:${PASSWORD}@127.0.0.1:1/swe`;
  const error = await openDatabase({ databaseUrl, dataDir: '' }).catch((cause: Error) => cause);
  expect(error).toBeInstanceOf(Error);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(PASSWORD);
});

it('an error about the inference service holds no key', async () => {
  const { createInferenceClient } = await import('../../src/adapters/inference/client.ts');
  const { DEFAULT_INFERENCE_OPTIONS } = await import('../../src/adapters/inference/options.ts');
  const client = createInferenceClient({
    ...DEFAULT_INFERENCE_OPTIONS,
    servers: ['http://127.0.0.1:1/v1'],
    apiKey: INFERENCE_KEY,
    maxAttempts: 1,
  });
  const error = await client.health().catch((cause: Error) => cause);
  expect(JSON.stringify(error ?? null)).not.toContain(INFERENCE_KEY);
});
