import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createInferenceClient } from '../../../src/adapters/inference/client.ts';
import { JudgeError } from '../../../src/errors.ts';
import { client, fake, REQUEST, rejection, until } from './support.ts';

const times = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a limit of requests in flight', () => {
  it('is kept per server, and all are served', async () => {
    const held = Promise.withResolvers<void>();
    const script = () => held.promise.then(() => ({ answer: 'x' }));
    const servers = [await fake({ script }), await fake({ script })];
    const pool = client(servers, { maxInFlight: 3 });
    const completions = Promise.all(times(30).map(() => pool.complete(REQUEST)));
    await until(() => servers.every(({ inFlight }) => inFlight === 3));
    held.resolve();
    expect(await completions).toHaveLength(30);
    expect(servers.map((server) => server.peakInFlight)).toEqual([3, 3]);
  });
});

describe('several servers', () => {
  it('share light traffic in turns', async () => {
    const servers = [await fake(), await fake()];
    const pool = client(servers);
    for (const _ of times(10)) await pool.complete(REQUEST);
    expect(servers.map((server) => server.requests.length)).toEqual([5, 5]);
  });

  it('get less while they are busier', async () => {
    const slow = await fake({ script: () => ({ kind: 'hang' }) });
    const quick = await fake({ script: () => ({ answer: 'quick', delayMs: 1 }) });
    const pool = client([slow, quick]);
    const stop = new AbortController();
    const started = times(4).map(() => pool.complete(REQUEST, { signal: stop.signal }).catch(() => null));
    await until(() => slow.inFlight === 2 && quick.inFlight === 0);
    for (const _ of times(5)) expect((await pool.complete(REQUEST)).answer).toBe('quick');
    stop.abort();
    await Promise.all(started);
  });

  it('stand in for one that fails, without a wait', async () => {
    const broken = await fake({ script: () => ({ kind: 'status', status: 500 }) });
    const sound = await fake({ script: () => ({ answer: 'sound' }) });
    const pool = client([broken, sound], {
      retryDelayMs: 60_000,
      maxRetryDelayMs: 60_000,
      breakerFailures: 3,
    });
    const answers = await Promise.all(times(20).map(() => pool.complete(REQUEST)));
    expect(answers.every(({ answer, serverUrl }) => answer === 'sound' && serverUrl === sound.url)).toBe(
      true,
    );
  });

  it('stand in for one that does not have the model', async () => {
    const old = await fake({ models: ['base'] });
    const updated = await fake({ models: ['base', 'adapter-2'] });
    const pool = client([old, updated], { model: 'adapter-2' });
    for (const _ of times(4)) expect((await pool.complete(REQUEST)).serverUrl).toBe(updated.url);
  });

  it('stand in for more that do not have the model than attempts are made', async () => {
    const old = await Promise.all(times(5).map(() => fake({ models: ['base'] })));
    const updated = await fake({ models: ['adapter-2'] });
    const pool = client([...old, updated], { model: 'adapter-2', maxAttempts: 2 });
    for (const _ of times(6)) expect((await pool.complete(REQUEST)).serverUrl).toBe(updated.url);
  });

  it('are not asked again for a model they do not have while the one that has it is busy', async () => {
    const old = await fake({ models: ['base'] });
    let refusals = 0;
    const updated = await fake({
      models: ['adapter-2'],
      script: () => (refusals++ % 3 < 2 ? { kind: 'status', status: 429 } : { answer: 'at last' }),
    });
    const pool = client([old, updated], { model: 'adapter-2' });
    for (const _ of times(4)) expect((await pool.complete(REQUEST)).answer).toBe('at last');
    expect(old.requests).toHaveLength(4);
  });

  it('do not refuse a model for good while one that may have it is down', async () => {
    const old = await fake({ models: ['base'] });
    const gone = await fake({ models: ['adapter-2'] });
    await gone.close();
    const pool = client([old, gone], { model: 'adapter-2', breakerFailures: 1, breakerPauseMs: 60_000 });
    for (const _ of times(3)) {
      const error = await rejection(pool.complete(REQUEST));
      expect(error).toMatchObject({ name: 'JudgeError', retryable: true });
      expect(String(error)).toContain(`${old.url}: it does not serve the model`);
    }
  });

  it('take what others in the queue cannot use', async () => {
    const base = await fake({ models: ['base'] });
    const both = await fake({ models: ['base', 'adapter-2'], script: () => ({ kind: 'hang' }) });
    const pool = client([base, both], { maxInFlight: 1 });
    const stop = new AbortController();
    const ask = (model: string) => pool.complete({ ...REQUEST, model }, { signal: stop.signal });
    const holding = rejection(ask('adapter-2'));
    await until(() => both.inFlight === 1);
    const waiting = rejection(ask('adapter-2'));
    await until(() => base.requests.length >= 1 && base.inFlight === 0);
    expect((await ask('base')).serverUrl).toBe(base.url);
    stop.abort();
    await Promise.all([holding, waiting]);
  });

  it('all refuse a model that none has', async () => {
    const servers = [await fake(), await fake()];
    const error = await rejection(client(servers, { model: 'nobody' }).complete(REQUEST));
    expect(error).toMatchObject({ name: 'JudgeError', retryable: false });
    expect(servers.map((server) => server.requests.length)).toEqual([1, 1]);
  });
});

describe('the circuit breaker', () => {
  it('stops asking a server that keeps failing, and fails at once when none is left', async () => {
    const server = await fake({ script: () => ({ kind: 'status', status: 500 }) });
    const pool = client([server], { maxAttempts: 1, breakerFailures: 3, breakerPauseMs: 60_000 });
    for (const _ of times(3)) await rejection(pool.complete(REQUEST));
    const error = await rejection(pool.complete(REQUEST));
    expect(error).toBeInstanceOf(JudgeError);
    expect(error).toMatchObject({ retryable: true, message: expect.stringContaining('No inference server') });
    expect(String(error)).toContain('500 Fault 500');
    expect(server.requests).toHaveLength(3);
    expect(await pool.health()).toMatchObject([{ state: 'open', problem: '500 Fault 500' }]);
  });

  it('does not open for requests the server refuses', async () => {
    const server = await fake({ script: () => ({ kind: 'status', status: 400 }) });
    const pool = client([server], { breakerFailures: 2 });
    for (const _ of times(4)) await rejection(pool.complete(REQUEST));
    expect(server.requests).toHaveLength(4);
  });

  it('lets a server back in when its health check succeeds after the pause', async () => {
    const server = await fake();
    const { port } = server;
    const pool = client([server], { maxAttempts: 1, breakerFailures: 2, breakerPauseMs: 30 });
    await server.close();
    for (const _ of times(3))
      expect(await rejection(pool.complete(REQUEST))).toMatchObject({ retryable: true });
    expect(await pool.health()).toMatchObject([{ state: 'down' }]);
    await server.listen(port);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect((await pool.complete(REQUEST)).attempts).toBe(1);
  });

  it('tells those who wait for a place when the last server goes down', async () => {
    const server = await fake({ script: () => ({ kind: 'status', status: 500, delayMs: 20 }) });
    const pool = client([server], {
      maxInFlight: 1,
      maxAttempts: 1,
      breakerFailures: 2,
      breakerPauseMs: 60_000,
    });
    const errors = await Promise.all(times(10).map(() => rejection(pool.complete(REQUEST))));
    expect(errors.every((error) => error instanceof JudgeError && error.retryable)).toBe(true);
    expect(server.requests).toHaveLength(2);
  });

  it('opens for a server that hangs, once health checks find it dead, and spares the others', async () => {
    const dead = await fake({ script: () => ({ kind: 'hang' }) });
    const sound = await fake({ script: () => ({ answer: 'sound', delayMs: 5 }) });
    const pool = client([dead, sound], { healthIntervalMs: 20, breakerPauseMs: 60_000 });
    const stop = new AbortController();
    const stuck = times(2).map(() => pool.complete(REQUEST, { signal: stop.signal }).catch(() => null));
    await until(() => dead.inFlight === 1);
    dead.healthy = false;
    await until(() => dead.inFlight === 1 && sound.inFlight === 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const asked = dead.requests.length;
    await Promise.all(times(20).map(() => pool.complete(REQUEST)));
    expect(dead.requests).toHaveLength(asked);
    stop.abort();
    await Promise.all(stuck);
  });
});

describe('models and health', () => {
  it('lists adapters of all servers once', async () => {
    const pool = client([
      await fake({ models: ['base', 'lora-1'] }),
      await fake({ models: ['base', 'lora-2'] }),
    ]);
    expect(await pool.models()).toEqual(['base', 'lora-1', 'lora-2']);
  });

  it('lists what is left when a server is down, and fails when all are', async () => {
    const gone = await fake();
    const there = await fake({ models: ['base'] });
    const pool = client([gone, there]);
    await gone.close();
    expect(await pool.models()).toEqual(['base']);
    await there.close();
    expect(await rejection(pool.models())).toMatchObject({ name: 'JudgeError', retryable: true });
  });

  it('tells a wrong key from a server that is down', async () => {
    const pool = client([await fake({ apiKey: 'right' })], { apiKey: 'wrong' });
    expect(await rejection(pool.models())).toMatchObject({ retryable: false });
    expect(await pool.health()).toMatchObject([{ state: 'down', problem: expect.stringContaining('401') }]);
  });

  it.each([
    ['a page', 'text/html', '<html>Please log in</html>', 'Please log in'],
    ['an error', 'application/json', '{"error":{"message":"no tenant"}}', 'no tenant'],
    ['models without names', 'application/json', '{"data":[{"object":"model"}]}', 'no list of models'],
  ])('take %s with status 200 for no service', async (_name, type, body, problem) => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': type }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const pool = createInferenceClient({ servers: [`http://127.0.0.1:${port}/v1`] });
    onTestFinished(() => pool.close());
    expect(await pool.health()).toMatchObject([{ state: 'down', problem: expect.stringContaining(problem) }]);
    expect(await rejection(pool.models())).toMatchObject({ name: 'JudgeError', retryable: true });
  });

  it('describes each server', async () => {
    const up = await fake({ models: ['base', 'lora'] });
    const sick = await fake();
    sick.healthy = false;
    const health = await client([up, sick]).health();
    expect(health).toMatchObject([
      { url: up.url, state: 'up', models: ['base', 'lora'], inFlight: 0, problem: null },
      { url: sick.url, state: 'down', models: [], latencyMs: null, problem: 'its health check answers 503' },
    ]);
    expect(health[0]?.latencyMs).toBeGreaterThan(0);
  });
});

describe('close', () => {
  it('ends what is open and refuses more', async () => {
    const server = await fake({ script: () => ({ kind: 'hang' }) });
    const pool = client([server]);
    const open = rejection(pool.complete(REQUEST));
    await until(() => server.inFlight === 1);
    await pool.close();
    expect(await open).toMatchObject({ name: 'JudgeError', retryable: true });
    expect(await rejection(pool.complete(REQUEST))).toMatchObject({
      message: 'The inference client was closed.',
    });
  });
});
