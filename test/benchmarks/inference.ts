/**
 * `npm run bench:inference`: what the client costs and how well a batch keeps the service busy. Not a test: the
 * figures depend on the machine, so they are printed as ratios too.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInferenceClient } from '../../src/adapters/inference/client.ts';
import { buildBody } from '../../src/adapters/inference/request.ts';
import { infer } from '../../src/cli/infer.ts';
import { loadInferenceConfig } from '../../src/config.ts';
import type { CompletionRequest, InferenceClient } from '../../src/pipeline/judge/model/port.ts';
import { loadQwen3Tokens } from '../../src/pipeline/judge/prompt/tokens.ts';
import {
  createRandom,
  type FakeInference,
  heavyTailMs,
  startFakeInference,
} from '../../src/sandbox/inference/index.ts';

const IN_FLIGHT = 64;
const ROWS = 1_280;
/** Half of the answers take less; the slowest in a hundred take more than 13 times as long. */
const MEDIAN_MS = 150;
const SHAPE = 1.5;
const CAP_MS = 3_000;

const requestFor = (content: string): CompletionRequest => ({
  messages: [{ role: 'user', content }],
  maxTokens: 100,
  temperature: 0,
  thinking: { enabled: true, budgetTokens: 64 },
  schema: null,
});

const say = (line: string) => process.stdout.write(`${line}\n`);

await measureOverhead();
await measureThroughput();
await measureTokens();

/** One request after the other: the client against a bare POST that reads the same stream and parses nothing. */
async function measureOverhead(): Promise<void> {
  const server = await startFakeInference({
    script: () => ({ thinking: 'a'.repeat(400), answer: 'b'.repeat(400) }),
  });
  const client = createInferenceClient({ servers: [server.url], model: 'fake-qwen3' });
  const agent = new Agent({ keepAlive: true });
  const body = JSON.stringify(buildBody(requestFor('x'), 'fake-qwen3'));
  const rounds = 7;
  const raw: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    raw.push(await perRequest(() => post(server, agent, body)));
    ours.push(await perRequest(() => client.complete(requestFor('x')).then(() => {})));
  }
  const [rawMs, ourMs] = [median(raw), median(ours)];
  say(
    `client overhead: ${ourMs.toFixed(3)} ms a request against ${rawMs.toFixed(3)} ms raw, ` +
      `${(ourMs - rawMs).toFixed(3)} ms more (${(ourMs / rawMs).toFixed(2)}x; 34 pieces of text each)`,
  );
  agent.destroy();
  await client.close();
  await server.close();
}

/** Milliseconds. */
async function perRequest(run: () => Promise<void>, count = 200): Promise<number> {
  const startedAt = performance.now();
  for (let done = 0; done < count; done += 1) await run();
  return (performance.now() - startedAt) / count;
}

function post(server: FakeInference, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    httpRequest(`${server.url}/chat/completions`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve());
    })
      .once('error', reject)
      .end(body);
  });
}

/** The same rows with the same durations: `infer`, lock-step batches, and a schedule without any cost. */
async function measureThroughput(): Promise<void> {
  const random = createRandom(2);
  const durations = Array.from({ length: ROWS }, () => heavyTailMs(MEDIAN_MS, SHAPE, random(), CAP_MS));
  const server = await startFakeInference({
    script: (request) => ({ answer: 'done', delayMs: durations[Number(request.messages[0]?.content)] ?? 0 }),
  });
  const ideal = scheduleMs(durations, IN_FLIGHT);
  const continuous = await timeInfer(server);
  const client = createInferenceClient({ servers: [server.url], maxInFlight: IN_FLIGHT });
  const lockStep = await timeLockStep(client, durations.length);
  const total = durations.reduce((sum, ms) => sum + ms, 0);
  say(
    `${ROWS} heavy-tailed rows, ${IN_FLIGHT} in flight: ${seconds(continuous)} with infer, ideal ` +
      `${seconds(ideal)} (in this order; ${seconds(total / IN_FLIGHT)} if the rows could be split), ` +
      `lock-step batches ${seconds(lockStep)}`,
  );
  say(`throughput against the ideal: ${(ideal / continuous).toFixed(3)} (goal 0.97)`);
  say(`throughput against lock-step batches of ${IN_FLIGHT}: ${(lockStep / continuous).toFixed(2)}x`);
  await client.close();
  await server.close();
}

/** Milliseconds until the last row ends when each takes the place that is free first, and nothing else costs time. */
function scheduleMs(durations: readonly number[], places: number): number {
  const freeAt = new Array<number>(places).fill(0);
  for (const ms of durations) {
    const first = freeAt.indexOf(Math.min(...freeAt));
    freeAt[first] = (freeAt[first] ?? 0) + ms;
  }
  return Math.max(...freeAt);
}

async function timeInfer(server: FakeInference): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'swe-manager-bench-'));
  const [input, output] = [join(folder, 'in.jsonl'), join(folder, 'out.jsonl')];
  const rows = Array.from({ length: ROWS }, (_, index) => ({ messages: requestFor(String(index)).messages }));
  writeFileSync(input, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const sampling = { max_tokens: 100, temperature: 0, top_p: 1, thinking_budget: 0, patience: 0 };
  const startedAt = performance.now();
  await infer(
    { input_file: input, output_file: output, batch_size: IN_FLIGHT, ...sampling },
    loadInferenceConfig(server.url, {}),
  );
  const ms = performance.now() - startedAt;
  rmSync(folder, { recursive: true, force: true });
  return ms;
}

async function timeLockStep(client: InferenceClient, count: number): Promise<number> {
  const startedAt = performance.now();
  for (let start = 0; start < count; start += IN_FLIGHT) {
    const batch = Array.from({ length: Math.min(IN_FLIGHT, count - start) }, (_, place) =>
      String(start + place),
    );
    await Promise.all(batch.map((row) => client.complete(requestFor(row))));
  }
  return performance.now() - startedAt;
}

async function measureTokens(): Promise<void> {
  const counter = await loadQwen3Tokens();
  const paragraph =
    'The draft is lost when the composer unmounts, because `saveDraft()` runs only on blur.\n';
  const text = Array.from({ length: 150 }, (_, index) => `${index}. ${paragraph}`).join('\n');
  counter.count(text);
  const startedAt = performance.now();
  let tokens = 0;
  for (let round = 0; round < 20; round += 1) tokens += counter.count(text);
  const rate = (tokens * 1000) / (performance.now() - startedAt);
  say(`tokens counted: ${Math.round(rate / 1000)} thousand a second`);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
