import { createHmac } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Config, loadConfig } from '../../src/config.ts';
import { generateAppKey } from '../../src/sandbox/github/index.ts';
import type { IncomingDelivery } from '../../src/tasks/receive-delivery.ts';
import { MAX_BODY_BYTES } from '../../src/web/body.ts';
import { startWebServer, type WebOptions, type WebServer } from '../../src/web/server.ts';

const SECRET = 'it is a secret';
const PATH = '/api/github/webhooks';
const { privateKey } = generateAppKey();

const open: WebServer[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(open.splice(0).map((server) => server.close()));
});

function config(more: Partial<Config> = {}): Config {
  return {
    ...loadConfig({}),
    app: { id: 1, privateKey },
    webhook: { secret: SECRET, path: PATH },
    http: { host: '127.0.0.1', port: 0 },
    ...more,
  };
}

async function start(options: Partial<WebOptions> = {}) {
  const log: string[] = [];
  const taken: IncomingDelivery[] = [];
  const server = await startWebServer({
    config: config(),
    logger: pino({ level: 'trace' }, { write: (line: string) => void log.push(line) }),
    inbox: async (delivery) => void taken.push(delivery),
    ready: async () => {},
    ...options,
  });
  open.push(server);
  return { server, log, taken };
}

const sign = (body: string, secret = SECRET): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

interface Sent {
  readonly body?: string;
  readonly headers?: Record<string, string | undefined>;
  readonly path?: string;
}

/** A delivery as GitHub sends it; `undefined` takes a header away. */
function deliver(server: WebServer, { body = '{"action":"created"}', headers = {}, path = PATH }: Sent = {}) {
  const all = {
    'content-type': 'application/json',
    'x-github-event': 'issues',
    'x-github-delivery': 'd-1',
    'x-hub-signature-256': sign(body),
    ...headers,
  };
  const kept = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return fetch(server.url + path, { method: 'POST', body, headers: kept });
}

describe('a signed delivery', () => {
  it('reaches the inbox whole, on the configured path and on the root', async () => {
    const { server, taken } = await start();
    const body = JSON.stringify({ action: 'opened', text: 'ünïcode 🚀', n: 1 });
    expect((await deliver(server, { body })).status).toBe(202);
    expect((await deliver(server, { body, path: '/', headers: { 'x-github-delivery': 'd-2' } })).status).toBe(
      202,
    );
    const payload = JSON.parse(body);
    expect(taken).toEqual([
      { id: 'd-1', event: 'issues', payload },
      { id: 'd-2', event: 'issues', payload },
    ]);
  });

  it('of an event that nobody knows reaches the inbox too', async () => {
    const { server, taken } = await start();
    expect((await deliver(server, { headers: { 'x-github-event': 'brand_new' } })).status).toBe(202);
    expect(taken.map(({ event }) => event)).toEqual(['brand_new']);
  });

  it('is accepted only after the inbox has it', async () => {
    let commit = (): void => {};
    const committed = new Promise<void>((resolve) => {
      commit = resolve;
    });
    const { server } = await start({ inbox: () => committed });
    const order: string[] = [];
    const answered = deliver(server).then(({ status }) => order.push(`answered ${status}`));
    await new Promise((resolve) => setTimeout(resolve, 100));
    order.push('committed');
    commit();
    await answered;
    expect(order).toEqual(['committed', 'answered 202']);
  });

  it('comes to the inbox again when it is replayed, under the same id', async () => {
    const { server, taken } = await start();
    await deliver(server);
    await deliver(server);
    expect(taken.map(({ id }) => id)).toEqual(['d-1', 'd-1']);
  });

  it('is failed when the inbox fails, and nothing of it is logged', async () => {
    const output = vi.spyOn(process.stdout, 'write');
    const errors = vi.spyOn(process.stderr, 'write');
    const { server, log } = await start({ inbox: () => Promise.reject(new Error('connection lost')) });
    const body = JSON.stringify({ action: 'opened', text: 'PRIVATE' });
    const response = await deliver(server, { body });
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('connection');
    expect(log.join('')).toContain('connection lost');
    const printed = [...output.mock.calls, ...errors.mock.calls].map(([chunk]) => String(chunk));
    expect([...log, ...printed].join('')).not.toContain('PRIVATE');
  });
});

describe('a delivery that nobody signed', () => {
  const body = JSON.stringify({ action: 'created', text: 'FORGED' });
  it.each([
    ['no signature', undefined],
    ['an empty signature', ''],
    ['another secret', sign(body, 'development')],
    ['an empty secret', sign(body, ' ')],
    ['the signature of another body', sign('{}')],
    ['an old kind of signature', `sha1=${'a'.repeat(40)}`],
    ['nonsense', 'sha256=zz'],
    ['a signature that is too long', `${sign(body)}00`],
  ])('with %s is refused in one short line', async (_name, signature) => {
    const { server, log, taken } = await start();
    const response = await deliver(server, { body, headers: { 'x-hub-signature-256': signature } });
    expect(response.status).toBe(401);
    expect(taken).toEqual([]);
    expect(log).toHaveLength(1);
    expect(log[0]).toContain('"status":401');
    expect(log.join('')).not.toContain('FORGED');
    expect(log.join('').length).toBeLessThan(300);
  });

  it('is not parsed: malformed JSON without a signature is 401, not 400', async () => {
    const { server } = await start();
    const response = await deliver(server, { body: '{', headers: { 'x-hub-signature-256': sign('x') } });
    expect(response.status).toBe(401);
  });

  it('cannot fill the log with its id', async () => {
    const { server, log } = await start();
    const headers = { 'x-github-delivery': 'x'.repeat(8_000), 'x-hub-signature-256': undefined };
    await deliver(server, { headers });
    expect(log.join('').length).toBeLessThan(500);
  });
});

describe('a signed delivery that is malformed', () => {
  it.each(['{"action":', 'null', '[]', '"text"', '7', '{"a":1} '.repeat(2)])('%s is 400', async (body) => {
    const { server, taken } = await start();
    expect((await deliver(server, { body })).status).toBe(400);
    expect(taken).toEqual([]);
  });

  it.each(['x-github-event', 'x-github-delivery'])('without %s is 400', async (name) => {
    const { server, taken } = await start();
    expect((await deliver(server, { headers: { [name]: undefined } })).status).toBe(400);
    expect(taken).toEqual([]);
  });
});

describe('large bodies', () => {
  const atLimit = `{"t":"${'x'.repeat(MAX_BODY_BYTES - 8)}"}`;

  it('of exactly 25 MB are taken, and one byte more is not', async () => {
    const { server, taken } = await start();
    expect(Buffer.byteLength(atLimit)).toBe(MAX_BODY_BYTES);
    expect((await deliver(server, { body: atLimit })).status).toBe(202);
    expect((await deliver(server, { body: `${atLimit} ` })).status).toBe(413);
    expect(taken).toHaveLength(1);
  });

  it('are refused by their announced length before they are read', async () => {
    const { server } = await start();
    const headers = { 'content-length': String(MAX_BODY_BYTES + 1), 'x-hub-signature-256': sign('') };
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const sent = httpRequest(server.url + PATH, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.on('error', reject).flushHeaders();
    });
    expect(answer).toBe(413);
  });

  it('are refused while they stream in without a length, and the sender hears of it', async () => {
    const { server, taken, log } = await start();
    const status = await stream(server, Math.ceil(MAX_BODY_BYTES / CHUNK.length) + 100);
    expect(status).toBe(413);
    expect(taken).toEqual([]);
    expect(log).toHaveLength(1);
  });

  it('do not hold a connection whose sender was refused and goes on and on', async () => {
    const { server } = await start();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', () => resolve('cut off')));
    socket.on('error', () => {}).resume();
    socket.write(`POST ${PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: ${MAX_BODY_BYTES + 1}\r\n\r\n`);
    // Bytes that keep coming also keep Node's own limit for idle connections away.
    const dribble = setInterval(() => socket.write('x'), 100);
    const late = new Promise((resolve) => setTimeout(resolve, 8_000, 'still there'));
    const end = await Promise.race([closed, late]);
    clearInterval(dribble);
    socket.destroy();
    expect(end).toBe('cut off');
  });

  it('without a signature are not waited for', async () => {
    const { server } = await start();
    expect(await stream(server, 1, { 'x-hub-signature-256': undefined }, { end: false })).toBe(401);
  });
});

const CHUNK = Buffer.alloc(256 * 1024, 120);

/** Sends so many chunks of 256 KiB without announcing a length, and resolves with the answer's status. */
function stream(
  server: WebServer,
  chunks: number,
  headers: Record<string, string | undefined> = {},
  { end = true } = {},
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const all = {
      'x-hub-signature-256': sign('x'),
      'x-github-event': 'push',
      'x-github-delivery': 'd',
      ...headers,
    };
    const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const sent = httpRequest(server.url + PATH, { method: 'POST', headers: kept }, (response) => {
      resolve(response.statusCode);
      response.resume().on('end', () => sent.destroy());
    });
    sent.on('error', reject);
    let left = chunks;
    const write = (): void => {
      while (left > 0) {
        left -= 1;
        if (!sent.write(CHUNK)) return void sent.once('drain', write);
      }
      if (end) sent.end();
    };
    write();
  });
}

describe('a sender that goes away', () => {
  it('leaves no error behind, and the server goes on', async () => {
    const { server, log, taken } = await start();
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `POST ${PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\nx-hub-signature-256: ${sign('x')}\r\n\r\n{"a"`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await vi.waitFor(() => expect(log.join('')).toContain('went away'));
    expect(log.join('')).not.toContain('"level":50');
    expect((await deliver(server)).status).toBe(202);
    expect(taken).toHaveLength(1);
  });
});

describe('other requests', () => {
  it.each([
    ['GET', PATH, 405],
    ['PUT', PATH, 405],
    ['GET', '/', 404],
    ['GET', '/api', 404],
    ['POST', '/api/github/webhooks/', 404],
    ['POST', '/healthz', 405],
    ['DELETE', '/readyz', 405],
    ['GET', '/healthz', 200],
    ['HEAD', '/healthz', 200],
    ['GET', '/healthz?probe=1', 200],
    ['GET', '/readyz', 200],
  ])('%s %s is %i', async (method, path, status) => {
    const { server } = await start();
    const response = await fetch(server.url + path, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('says what a path takes', async () => {
    const { server } = await start();
    expect((await fetch(server.url + PATH)).headers.get('allow')).toBe('POST');
  });

  it('is alive but not ready while the database cannot be reached, without saying why to strangers', async () => {
    const { server } = await start({ ready: () => Promise.reject(new Error('postgres://user:pass@host')) });
    const ready = await fetch(`${server.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toBe('the database cannot be reached\n');
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });
});

describe('closing', () => {
  it('answers what is under way, takes nothing new, and does not wait for idle connections', async () => {
    let commit = (): void => {};
    const { server } = await start({
      inbox: () =>
        new Promise<void>((resolve) => {
          commit = resolve;
        }),
      closeGraceMs: 60_000,
    });
    const agent = new Agent({ keepAlive: true });
    const body = '{}';
    const headers = { 'x-hub-signature-256': sign(body), 'x-github-event': 'push', 'x-github-delivery': 'd' };
    const answered = new Promise<number | undefined>((resolve, reject) => {
      httpRequest(server.url + PATH, { method: 'POST', agent, headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end(body);
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closed = server.close();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    commit();
    expect(await answered).toBe(202);
    // Node alone would hold the kept-alive connection for another 5 s.
    const late = new Promise((resolve) => setTimeout(resolve, 4_000, 'late'));
    expect(await Promise.race([closed, late])).toBeUndefined();
    agent.destroy();
  });

  it('cuts off a sender that never ends', async () => {
    const { server } = await start({ closeGraceMs: 200 });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST ${PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\nx-hub-signature-256: ${sign('x')}\r\n\r\n{`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(server.close()).resolves.toBeUndefined();
    socket.destroy();
  });
});

describe('what stops the start', () => {
  const options = (more: Partial<Config>): WebOptions => ({
    config: config(more),
    logger: pino({ level: 'silent' }),
    inbox: async () => {},
    ready: async () => {},
  });

  it.each([null, '', '   '])('the webhook secret %j', async (secret) => {
    await expect(startWebServer(options({ webhook: { secret, path: PATH } }))).rejects.toMatchObject({
      name: 'ConfigError',
      message: 'WEBHOOK_SECRET is empty.',
    });
  });

  it('no App', async () => {
    await expect(startWebServer(options({ app: null }))).rejects.toMatchObject({ name: 'ConfigError' });
  });

  it('a port that is in use', async () => {
    const { server } = await start();
    const port = Number(new URL(server.url).port);
    await expect(startWebServer(options({ http: { host: '127.0.0.1', port } }))).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining(`port ${port} is in use`),
    });
  });
});
