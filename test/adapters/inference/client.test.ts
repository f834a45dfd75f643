import { describe, expect, it } from 'vitest';
import { JudgeError } from '../../../src/errors.ts';
import type { TextDelta } from '../../../src/pipeline/judge/model/port.ts';
import { inTurn } from '../../../src/sandbox/inference/index.ts';
import { client, fake, REQUEST, rejection, until } from './support.ts';

const SCHEMA = {
  name: 'verdict',
  schema: {
    type: 'object',
    properties: { best_proposal_id: { enum: [2, 1] } },
    required: ['best_proposal_id'],
  },
};

describe('complete', () => {
  it('sends what vLLM needs and gathers thinking, answer and usage', async () => {
    const server = await fake({
      script: () => ({ thinking: 'Let me see.', answer: { best_proposal_id: 2 } }),
    });
    const deltas: TextDelta[] = [];
    const completion = await client([server]).complete(
      { ...REQUEST, topP: 0.95, seed: 7, thinking: { enabled: true, budgetTokens: 64 }, schema: SCHEMA },
      { onText: (delta) => deltas.push(delta) },
    );
    expect(completion).toMatchObject({
      answer: '{"best_proposal_id":2}',
      thinking: 'Let me see.',
      finishReason: 'stop',
      model: 'fake-qwen3',
      serverUrl: server.url,
      attempts: 1,
    });
    expect(completion.promptTokens).toBeGreaterThan(0);
    expect(completion.completionTokens).toBeGreaterThan(0);
    expect(deltas.map((delta) => delta.thinking ?? '').join('')).toBe('Let me see.');
    expect(deltas.map((delta) => delta.answer ?? '').join('')).toBe('{"best_proposal_id":2}');
    expect(server.requests[0]?.body).toMatchObject({
      model: 'fake-qwen3',
      stream: true,
      max_tokens: 100,
      temperature: 0.6,
      top_p: 0.95,
      seed: 7,
      chat_template_kwargs: { enable_thinking: true },
      thinking_token_budget: 64,
      response_format: { type: 'json_schema', json_schema: { strict: true, ...SCHEMA } },
    });
  });

  it('sends no thinking budget without thinking, and no key, seed or schema that was not asked for', async () => {
    const server = await fake();
    await client([server]).complete({ ...REQUEST, thinking: { enabled: false, budgetTokens: 64 } });
    const body = server.requests[0]?.body ?? {};
    expect(body.chat_template_kwargs).toEqual({ enable_thinking: false });
    for (const name of ['thinking_token_budget', 'seed', 'top_p', 'response_format']) {
      expect(body).not.toHaveProperty(name);
    }
  });

  it('answers null when generation ended inside the thinking', async () => {
    const server = await fake({ script: () => ({ thinking: 'Hmm, hmm', answer: null }) });
    const completion = await client([server]).complete(REQUEST);
    expect(completion).toMatchObject({ answer: null, thinking: 'Hmm, hmm', finishReason: 'length' });
  });

  it('reads the older reasoning_content too', async () => {
    const server = await fake({ script: () => ({ thinking: 'Old.', answer: 'x', legacyReasoning: true }) });
    expect(await client([server]).complete(REQUEST)).toMatchObject({ thinking: 'Old.', answer: 'x' });
  });

  it('takes the named model, then the configured one, then the first that is served', async () => {
    const server = await fake({ models: ['base', 'adapter'] });
    await client([server]).complete(REQUEST);
    await client([server], { model: 'adapter' }).complete(REQUEST);
    await client([server], { model: 'adapter' }).complete({ ...REQUEST, model: 'base' });
    expect(server.requests.map((request) => request.model)).toEqual(['base', 'adapter', 'base']);
  });

  it('sends the API key', async () => {
    const server = await fake({ apiKey: 'secret' });
    await client([server], { apiKey: 'secret' }).complete(REQUEST);
    expect(server.requests[0]?.authorization).toBe('Bearer secret');
  });
});

describe('failures before a token', () => {
  it.each([
    ['500', { kind: 'status', status: 500 }],
    ['429', { kind: 'status', status: 429 }],
    ['503 with retry-after', { kind: 'status', status: 503, headers: { 'retry-after': '0' } }],
    ['200 with an error in its body', { kind: 'status', status: 200 }],
    ['a closed connection', { kind: 'refuse' }],
    ['a stream dropped at once', { answer: 'lost', breakAfter: 0, breakHow: 'drop' }],
    ['a stream that ends at once', { answer: 'lost', breakAfter: 0, breakHow: 'truncate' }],
    ['an error event', { answer: 'lost', breakAfter: 0, breakHow: 'error' }],
    ['torn JSON', { answer: 'lost', breakAfter: 0, breakHow: 'garbage' }],
  ] as const)('repeats after %s', async (_name, behaviour) => {
    const server = await fake({ script: inTurn(behaviour, { answer: 'here' }) });
    const completion = await client([server]).complete(REQUEST);
    expect(completion).toMatchObject({ answer: 'here', attempts: 2 });
  });

  it('repeats after a silence that is too long, and closes that connection', async () => {
    const server = await fake({ script: inTurn({ kind: 'hang' }, { answer: 'here' }) });
    const completion = await client([server], { firstTokenTimeoutMs: 50 }).complete(REQUEST);
    expect(completion).toMatchObject({ answer: 'here', attempts: 2 });
    await until(() => server.cancelled.length === 1);
  });

  it('gives up after maxAttempts with a retryable error', async () => {
    const server = await fake({ script: () => ({ kind: 'status', status: 500, message: 'out of memory' }) });
    const error = await rejection(client([server], { maxAttempts: 3 }).complete(REQUEST));
    expect(error).toBeInstanceOf(JudgeError);
    expect(error).toMatchObject({ retryable: true });
    expect(String(error)).toMatch(/failed \(3 attempts\): 500 out of memory/);
    expect(server.requests).toHaveLength(3);
  });

  it('says what stood there instead of a stream', async () => {
    const server = await fake({ script: () => ({ kind: 'status', status: 200, message: 'out of credit' }) });
    const error = await rejection(client([server]).complete(REQUEST));
    expect(error).toMatchObject({ retryable: true, message: expect.stringContaining('out of credit') });
  });

  it.each([
    ['a bad request', 400, /Correct the request/],
    ['a wrong key', 401, /INFERENCE_API_KEY/],
    ['an unknown model', 404, /INFERENCE_MODEL/],
  ])('does not repeat %s', async (_name, status, remedy) => {
    const server = await fake({ script: () => ({ kind: 'status', status }) });
    const error = await rejection(client([server]).complete(REQUEST));
    expect(error).toMatchObject({
      name: 'JudgeError',
      retryable: false,
      remedy: expect.stringMatching(remedy),
    });
    expect(server.requests).toHaveLength(1);
  });

  it('says what vLLM lacks when it knows no thinking budget', async () => {
    const message = 'thinking_token_budget is set but reasoning_config is not configured.';
    const server = await fake({ script: () => ({ kind: 'status', status: 400, message }) });
    const error = await rejection(client([server]).complete(REQUEST));
    expect(error).toMatchObject({ remedy: expect.stringContaining('--reasoning-parser qwen3') });
  });

  it('stops repeating when the time for the whole completion is used up', async () => {
    const server = await fake({
      script: () => ({ kind: 'status', status: 429, headers: { 'retry-after': '60' } }),
    });
    const options = { requestTimeoutMs: 200, maxRetryDelayMs: 60_000 };
    const error = await rejection(client([server], options).complete(REQUEST));
    expect(error).toMatchObject({ retryable: true, message: expect.stringContaining('is overloaded') });
    expect(server.requests).toHaveLength(1);
  });
});

describe('failures after a token', () => {
  it.each(['drop', 'truncate', 'error', 'garbage', 'hang'] as const)(
    'never repeats: %s',
    async (breakHow) => {
      const server = await fake({
        script: () => ({ answer: 'a long enough answer', pieceLength: 4, breakAfter: 2, breakHow }),
      });
      const heard: string[] = [];
      const error = await rejection(
        client([server], { idleTimeoutMs: 50 }).complete(REQUEST, {
          onText: (delta) => heard.push(delta.answer ?? ''),
        }),
      );
      expect(error).toMatchObject({ name: 'JudgeError', retryable: true });
      expect(heard.join('')).toBe('a long e');
      expect(server.requests).toHaveLength(1);
    },
  );

  it.each(['drop', 'truncate', 'error', 'garbage', 'hang'] as const)(
    'do not cost an answer that had ended: %s',
    async (breakHow) => {
      const server = await fake({ script: () => ({ answer: 'all of it', breakAfter: 'finish', breakHow }) });
      const completion = await client([server], { idleTimeoutMs: 50 }).complete(REQUEST);
      expect(completion).toMatchObject({ answer: 'all of it', finishReason: 'stop', completionTokens: null });
      expect(server.requests).toHaveLength(1);
    },
  );

  it('ends an answer that goes on beyond the time for the whole completion', async () => {
    const script = () => ({ answer: 'x'.repeat(1000), pieceLength: 1, pieceDelayMs: 5 });
    const server = await fake({ script });
    const error = await rejection(client([server], { requestTimeoutMs: 100 }).complete(REQUEST));
    expect(error).toMatchObject({
      retryable: true,
      message: expect.stringContaining('did not finish in time'),
    });
    await until(() => server.cancelled.length === 1);
  });
});

describe('cancellation', () => {
  it('closes the connection within the answer and rejects with the reason', async () => {
    const server = await fake({
      script: () => ({ answer: 'never ending', breakAfter: 1, breakHow: 'hang' }),
    });
    const controller = new AbortController();
    const reason = new Error('the vote is decided');
    const promise = client([server]).complete(REQUEST, {
      signal: controller.signal,
      onText: () => controller.abort(reason),
    });
    expect(await rejection(promise)).toBe(reason);
    await until(() => server.cancelled.length === 1 && server.inFlight === 0);
  });

  it('closes it before the first token too, and repeats nothing', async () => {
    const server = await fake({ script: () => ({ kind: 'hang' }) });
    const controller = new AbortController();
    const promise = client([server]).complete(REQUEST, { signal: controller.signal });
    await until(() => server.inFlight === 1);
    controller.abort(new Error('cancelled'));
    expect(String(await rejection(promise))).toBe('Error: cancelled');
    await until(() => server.cancelled.length === 1);
    expect(server.requests).toHaveLength(1);
  });

  it('leaves the queue when it aborts while waiting for a place', async () => {
    const server = await fake({ script: () => ({ kind: 'hang' }) });
    const one = client([server], { maxInFlight: 1 });
    const first = new AbortController();
    const blocking = rejection(one.complete(REQUEST, { signal: first.signal }));
    await until(() => server.inFlight === 1);
    const second = new AbortController();
    const waiting = rejection(one.complete(REQUEST, { signal: second.signal }));
    second.abort(new Error('no longer wanted'));
    expect(String(await waiting)).toBe('Error: no longer wanted');
    first.abort(new Error('done'));
    await blocking;
    expect(server.requests).toHaveLength(1);
  });

  it('does nothing when it is aborted already', async () => {
    const server = await fake();
    const error = await rejection(
      client([server]).complete(REQUEST, { signal: AbortSignal.abort(new Error('no')) }),
    );
    expect(String(error)).toBe('Error: no');
    expect(server.requests).toHaveLength(0);
  });
});
