/** Nothing that is secret stands in a log or an error, whatever goes wrong. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/adapters/db/open.ts';
import { createInferenceClient } from '../../src/adapters/inference/client.ts';
import { openWorld } from '../e2e/world.ts';

const INFERENCE_KEY = 'inference-key-3f1c';
const PASSWORD = 'database-password-9a7e';
const REQUEST = {
  messages: [{ role: 'user', content: 'Which one?' }],
  model: 'judge',
  maxTokens: 16,
  temperature: 0,
  thinking: { enabled: false, budgetTokens: null },
  schema: null,
} as const;

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

it.each([
  `postgres://manager:${PASSWORD}@127.0.0.1:1/swe`,
  `postgres://manager:${PASSWORD}@127.0.0.1:no-port/swe`,
  `postgres://manager:${PASSWORD}@/swe?host=/nonexistent`,
  `postgres://manager:${PASSWORD}%zz@127.0.0.1:1/swe`,
])('an error about the database %s holds no password', async (databaseUrl) => {
  const error = await openDatabase({ databaseUrl, dataDir: '' }).catch((cause: Error) => cause);
  expect(error).toBeInstanceOf(Error);
  expect(everythingOf(error)).not.toContain(PASSWORD);
});

it.each([
  ['that is down', null],
  ['that refuses the key', 401],
  ['that fails', 500],
  ['that dislikes the request', 400],
])('an error about an inference service %s holds no key', async (_how, status) => {
  const service = status === null ? null : await startFailing(status);
  const client = createInferenceClient({
    servers: [service?.url ?? 'http://127.0.0.1:1/v1'],
    apiKey: INFERENCE_KEY,
    maxAttempts: 1,
  });
  try {
    const error = await client.complete(REQUEST).catch((cause: Error) => cause);
    expect(error).toBeInstanceOf(Error);
    expect(everythingOf(error)).not.toContain(INFERENCE_KEY);
    if (service) expect(service.authorisations).toEqual([`Bearer ${INFERENCE_KEY}`]);
  } finally {
    await client.close();
    await service?.close();
  }
});

/** A service that was given the key, and answers with this status. */
async function startFailing(status: number) {
  const authorisations: (string | undefined)[] = [];
  const server = createServer(({ headers }, response) => {
    authorisations.push(headers.authorization);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: 'It did not work out.' } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise((resolve) => server.close(resolve));
  return { url: `http://127.0.0.1:${port}/v1`, authorisations, close };
}

/** Message, stack, properties and causes, hidden ones too: whatever a logger could print. */
function everythingOf(error: unknown): string {
  return inspect(error, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null });
}
