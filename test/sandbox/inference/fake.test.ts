import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createRandom,
  type FakeInferenceOptions,
  fillSchema,
  heavyTailMs,
  startFakeInference,
} from '../../../src/sandbox/inference/index.ts';

async function start(options: FakeInferenceOptions = {}) {
  const server = await startFakeInference(options);
  onTestFinished(() => server.close());
  return server;
}

const ask = (url: string, body: object) =>
  fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'fake-qwen3', messages: [{ role: 'user', content: 'hi' }], ...body }),
  });

describe('the fake inference server', () => {
  it('answers whole', async () => {
    const server = await start({ script: () => ({ thinking: 'think', answer: 'yes' }) });
    const body = await (await ask(server.url, {})).json();
    expect(body).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { content: 'yes', reasoning: 'think' }, finish_reason: 'stop' }],
    });
  });

  it('streams server-sent events that end with the usage and [DONE]', async () => {
    const server = await start({ script: () => ({ answer: 'abcdef', pieceLength: 4 }) });
    const text = await (
      await ask(server.url, { stream: true, stream_options: { include_usage: true } })
    ).text();
    const events = text
      .trim()
      .split('\n\n')
      .map((event) => event.replace('data: ', ''));
    expect(events.pop()).toBe('[DONE]');
    const chunks = events.map((event) => JSON.parse(event));
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content)).toEqual([
      '',
      'abcd',
      'ef',
      undefined,
      undefined,
    ]);
    expect(chunks.at(-2).choices[0].finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } });
  });

  it('lists models with adapters under their base, and wants its key', async () => {
    const server = await start({ models: ['base', 'lora'], apiKey: 'k' });
    expect((await fetch(`${server.url}/models`)).status).toBe(401);
    const listed = (await (
      await fetch(`${server.url}/models`, { headers: { authorization: 'Bearer k' } })
    ).json()) as { data: unknown };
    expect(listed.data).toMatchObject([
      { id: 'base', parent: null },
      { id: 'lora', parent: 'base' },
    ]);
    expect((await fetch(server.url.replace('/v1', '/health'))).status).toBe(200);
  });

  it('notes cancellations by the client only', async () => {
    const server = await start({
      script: ({ index }) => (index === 0 ? { kind: 'refuse' } : { kind: 'hang' }),
    });
    await expect(ask(server.url, {})).rejects.toThrow();
    const controller = new AbortController();
    const hanging = fetch(`${server.url}/chat/completions`, {
      method: 'POST',
      body: '{"model":"fake-qwen3"}',
      signal: controller.signal,
    });
    while (server.inFlight === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    await expect(hanging).rejects.toThrow();
    while (server.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(server.cancelled.map((request) => request.index)).toEqual([1]);
  });

  it('answers 500 when the script throws', async () => {
    const server = await start({
      script: () => {
        throw new Error('scripted');
      },
    });
    expect((await ask(server.url, {})).status).toBe(500);
  });
});

describe('fillSchema', () => {
  it('fills what it is given', () => {
    const schema = {
      type: 'object',
      properties: {
        best_proposal_id: { anyOf: [{ enum: [3, 1] }, { type: 'null' }] },
        explanation: { type: 'string', maxLength: 7 },
        assessments: {
          type: 'array',
          minItems: 2,
          items: { type: 'object', properties: { ok: { type: 'boolean' } } },
        },
        optional: { type: 'string' },
      },
      required: ['best_proposal_id', 'explanation', 'assessments'],
    };
    expect(fillSchema(schema)).toEqual({
      best_proposal_id: 3,
      explanation: 'Written',
      assessments: [{ ok: true }, { ok: true }],
    });
  });
});

describe('heavyTailMs', () => {
  it('keeps its median and has a heavy tail', () => {
    const random = createRandom(5);
    const draws = Array.from({ length: 4001 }, () => heavyTailMs(100, 1.5, random())).sort((a, b) => a - b);
    expect(draws[2000]).toBeGreaterThan(90);
    expect(draws[2000]).toBeLessThan(110);
    // At shape 1.5 one in a hundred takes longer than 13 medians.
    expect(draws[3960]).toBeGreaterThan(900);
    expect(heavyTailMs(100, 1.5, 0.999999, 2_000)).toBe(2_000);
  });
});
