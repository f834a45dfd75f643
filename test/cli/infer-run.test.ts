import { describe, expect, it, onTestFinished } from 'vitest';
import { createInferenceClient } from '../../src/adapters/inference/client.ts';
import type { InputRow } from '../../src/cli/infer/input.ts';
import { type RunOptions, runRows } from '../../src/cli/infer/run.ts';
import type { CompletionRequest } from '../../src/pipeline/judge/model/port.ts';
import { type FakeInferenceOptions, startFakeInference } from '../../src/sandbox/inference/index.ts';

const rows: InputRow[] = Array.from({ length: 6 }, (_, index) => ({
  index,
  id: null,
  key: `row ${index}`,
  hash: '',
  offset: 0,
  length: 0,
}));

const requestFor = (row: InputRow): CompletionRequest => ({
  messages: [{ role: 'user', content: String(row.index) }],
  maxTokens: 10,
  temperature: 0,
  thinking: { enabled: false, budgetTokens: null },
  schema: null,
});

async function setUp(options: FakeInferenceOptions, more: Partial<RunOptions> = {}) {
  const server = await startFakeInference(options);
  const client = createInferenceClient({
    servers: [server.url],
    retryDelayMs: 1,
    maxRetryDelayMs: 2,
    breakerPauseMs: 10,
  });
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  const saved: number[] = [];
  const outages: boolean[] = [];
  const run = () =>
    runRows(rows, {
      client,
      batchSize: 2,
      request: async (row) => requestFor(row),
      save: async (row) => {
        saved.push(row.index);
      },
      onOutage: (down) => outages.push(down),
      signal: new AbortController().signal,
      patienceMs: 60_000,
      pauseMs: 5,
      ...more,
    });
  return { server, saved, outages, run };
}

describe('runRows', () => {
  it('waits through an outage, says so, and loses nothing', async () => {
    const set = await setUp({
      script: async (request) => {
        if (request.index === 3) {
          const { port } = set.server;
          await set.server.close();
          setTimeout(() => void set.server.listen(port), 300);
        }
        return { answer: 'x' };
      },
    });
    expect(await set.run()).toEqual([]);
    expect(set.saved.sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(set.outages).toEqual([true, false]);
  });

  it('does not count an outage as the row failing', async () => {
    const set = await setUp({}, { patienceMs: 0 });
    await set.server.close();
    const failed = await set.run();
    expect(failed.map(({ row }) => row.index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(set.outages).toEqual([true]);
  });

  it('does not count overload as the row failing, until patience ends', async () => {
    const busy = () => ({ kind: 'status', status: 429 }) as const;
    let refusals = 0;
    const set = await setUp({ script: () => (refusals++ < 40 ? busy() : { answer: 'x' }) });
    expect(await set.run()).toEqual([]);
    expect(set.saved.sort()).toEqual([0, 1, 2, 3, 4, 5]);

    const never = await setUp({ script: busy }, { patienceMs: 50 });
    expect((await never.run()).map(({ row }) => row.index)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('ends when an answer cannot be saved, and cancels the rest', async () => {
    const set = await setUp(
      { script: (request) => (request.messages[0]?.content === '0' ? { answer: 'x' } : { kind: 'hang' }) },
      { save: () => Promise.reject(new Error('disk full')) },
    );
    await expect(set.run()).rejects.toThrow('disk full');
    while (set.server.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(set.server.requests.length).toBeLessThanOrEqual(2);
  });

  it('rejects with the reason when it is aborted', async () => {
    const controller = new AbortController();
    const set = await setUp({ script: () => ({ kind: 'hang' }) }, { signal: controller.signal });
    const run = set.run();
    while (set.server.inFlight < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(new Error('interrupted'));
    await expect(run).rejects.toThrow('interrupted');
  });
});
