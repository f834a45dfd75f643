import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { inferCommand } from '../../src/cli/infer.ts';
import {
  type FakeInference,
  type FakeInferenceOptions,
  type FakeRequest,
  startFakeInference,
} from '../../src/sandbox/inference/index.ts';

let folder: string;
let input: string;
let output: string;
let stdout: string;
let stderr: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'infer-'));
  input = join(folder, 'in.jsonl');
  output = join(folder, 'out.jsonl');
  stdout = '';
  stderr = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

async function fake(options: FakeInferenceOptions = {}): Promise<FakeInference> {
  const server = await startFakeInference({ script: echo, ...options });
  onTestFinished(() => server.close());
  return server;
}

const question = (request: FakeRequest) => request.messages.at(-1)?.content ?? '';
const echo = (request: FakeRequest) => ({ thinking: 'hm', answer: `answer to ${question(request)}` });

const rowOf = (number: number, extra: object = {}) => ({
  messages: [
    { role: 'system', content: 'Judge.' },
    { role: 'user', content: `question ${number}` },
  ],
  ...extra,
});

function writeRows(count: number, row: (number: number) => object = (number) => rowOf(number)): void {
  const lines = Array.from({ length: count }, (_, number) => JSON.stringify(row(number)));
  writeFileSync(input, `${lines.join('\n')}\n`);
}

const readRows = (path = output) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function infer(server: { url: string }, ...more: string[]): Promise<number> {
  process.exitCode = 0;
  const base = ['--input_file', input, '--output_file', output, '--base_url', server.url];
  await inferCommand().parseAsync([...base, ...more], { from: 'user' });
  return Number(process.exitCode);
}

describe('swe-manager infer', () => {
  it('answers every row and leaves them in input order', async () => {
    writeRows(40, (number) => rowOf(number, { id: `r${number}` }));
    const server = await fake({
      script: (request) => ({ ...echo(request), delayMs: 40 + ((request.index * 7) % 23) }),
    });
    expect(await infer(server, '--batch_size', '8')).toBe(0);
    const rows = readRows();
    expect(rows.map((row) => row.index)).toEqual(Array.from({ length: 40 }, (_, index) => index));
    expect(rows[13]).toMatchObject({
      id: 'r13',
      completion: 'answer to question 13',
      thinking: 'hm',
      finish_reason: 'stop',
      model: 'fake-qwen3',
    });
    expect(server.peakInFlight).toBeGreaterThan(4);
    expect(server.peakInFlight).toBeLessThanOrEqual(8);
    expect(stdout).toContain(`40 of 40 rows in ${output}`);
  });

  it('keeps N in flight while one row is slow', async () => {
    writeRows(30);
    let release = () => {};
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    let others = 0;
    const server = await fake({
      script: async (request) => {
        if (question(request) === 'question 0') await blocked;
        else if (++others === 29) release();
        return echo(request);
      },
    });
    // Lock-step batches would wait for row 0 before the third row is sent, and never get to release it.
    expect(await infer(server, '--batch-size=2')).toBe(0);
    expect(readRows()).toHaveLength(30);
  });

  it('takes options with dashes as well, and sends what they ask for', async () => {
    writeRows(1);
    const schema = join(folder, 'schema.json');
    writeFileSync(schema, '{"type":"object"}');
    const server = await fake({ models: ['base', 'lora'] });
    const flags = ['--max-tokens', '64', '--top-p', '0.9', '--seed', '3', '--thinking-budget', '0'];
    await infer(server, ...flags, '--model', 'lora', '--schema-file', schema, '--temperature', '0');
    expect(server.requests[0]).toMatchObject({
      model: 'lora',
      maxTokens: 64,
      temperature: 0,
      seed: 3,
      thinking: false,
      schema: { type: 'object' },
      body: { top_p: 0.9 },
    });
  });

  it('does not show the target of SFT rows', async () => {
    const target = { role: 'assistant', content: 'the right answer' };
    writeRows(1, (number) => {
      const row = rowOf(number);
      return { ...row, messages: [...row.messages, target] };
    });
    const server = await fake();
    await infer(server);
    expect(server.requests[0]?.messages.map((message) => message.role)).toEqual(['system', 'user']);
  });

  it('records an answer that ended inside the thinking', async () => {
    writeRows(1);
    await infer(await fake({ script: () => ({ thinking: 'endless', answer: null }) }));
    expect(readRows()).toMatchObject([{ completion: null, thinking: 'endless', finish_reason: 'length' }]);
  });
});

describe('going on', () => {
  it('asks only for what is missing, and repairs a torn last line', async () => {
    writeRows(10);
    const server = await fake();
    await infer(server);
    const whole = readFileSync(output);
    const kept = whole.indexOf('\n', whole.length / 2) + 1;
    truncateSync(output, kept + 25);
    const before = server.requests.length;
    expect(await infer(server)).toBe(0);
    const missing = 10 - whole.subarray(0, kept).toString().trim().split('\n').length;
    expect(server.requests.length - before).toBe(missing);
    expect(readRows().map((row) => row.completion)).toEqual(
      Array.from({ length: 10 }, (_, number) => `answer to question ${number}`),
    );
  });

  it('does nothing when all is done', async () => {
    writeRows(3);
    const server = await fake();
    await infer(server);
    expect(await infer(server)).toBe(0);
    expect(server.requests).toHaveLength(3);
  });

  it('finds rows by id after the input was reordered and grew', async () => {
    writeRows(4, (number) => rowOf(number, { id: number }));
    const server = await fake();
    await infer(server);
    const order = [3, 4, 0, 2, 1];
    writeRows(5, (position) => rowOf(order[position] ?? -1, { id: order[position] }));
    expect(await infer(server)).toBe(0);
    expect(server.requests).toHaveLength(5);
    expect(readRows().map((row) => [row.index, row.id])).toEqual(order.map((id, index) => [index, id]));
  });

  it.each([
    ['other messages', () => writeRows(3, (number) => rowOf(number + 1)), [], /other messages/],
    ['fewer rows', () => writeRows(2), [], /which the input does not have/],
    ['other settings', () => {}, ['--temperature', '0'], /other settings/],
    ['a foreign line', () => appendFileSync(output, 'hello\n'), [], /not an answer of this command/],
  ])('refuses to mix answers: %s', async (_name, change, flags, message) => {
    writeRows(3);
    const server = await fake();
    await infer(server);
    change();
    const before = readFileSync(output);
    expect(await infer(server, ...flags)).toBe(1);
    expect(stderr).toMatch(message);
    expect(readFileSync(output)).toEqual(before);
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    ['a file of one line without its end', '{"settings": "of something else"}'],
    ['text', 'notes'],
  ])('leaves %s alone that is not its own', async (_name, text) => {
    writeRows(1);
    writeFileSync(output, text);
    const server = await fake();
    expect(await infer(server)).toBe(1);
    expect(stderr).toContain('line 1 is not an answer of this command');
    expect(readFileSync(output, 'utf8')).toBe(text);
  });

  it('does not take its input for its output', async () => {
    writeFileSync(input, JSON.stringify(rowOf(1)));
    output = input;
    expect(await infer(await fake())).toBe(1);
    expect(stderr).toContain('is the input file');
    expect(readFileSync(input, 'utf8')).toBe(JSON.stringify(rowOf(1)));
  });

  it('goes on with the model that it began with, and does not take another for it', async () => {
    writeRows(4);
    let broken = true;
    const server = await fake({
      models: ['first', 'second'],
      script: (request) =>
        broken && question(request) === 'question 2' ? { kind: 'status', status: 400 } : echo(request),
    });
    expect(await infer(server)).toBe(1);
    broken = false;
    server.models = ['second'];
    expect(await infer(server)).toBe(1);
    expect(stderr).toContain(`${output} holds answers of first, which the service does not serve.`);
    server.models = ['second', 'first'];
    expect(await infer(server)).toBe(0);
    expect(readRows().map((row) => row.model)).toEqual(['first', 'first', 'first', 'first']);
  });

  it('says that the disk is full, and goes on when there is room again', async () => {
    writeRows(12);
    const answered = (number: number) => `question ${number} ${'x'.repeat(700)}`;
    const server = await fake({
      script: (request) => ({ answer: `${question(request)} ${'x'.repeat(700)}` }),
    });
    const main = fileURLToPath(new URL('./infer-process.ts', import.meta.url));
    const flags = ['--input_file', input, '--output_file', output, '--base_url', server.url];
    // No file may grow beyond this: a write in the middle of a row is cut short, and the next one fails.
    const command = ['-c', 'ulimit -f 8; exec "$0" "$@"', process.execPath, main, ...flags];
    const full = spawn('sh', command, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    full.stderr.on('data', (data) => {
      said += data;
    });
    expect(await new Promise((resolve) => full.once('close', resolve))).toBe(1);
    expect(said).toContain(`${output} cannot be written: EFBIG`);
    expect(await infer(server)).toBe(0);
    expect(readRows().map((row) => row.completion)).toEqual(
      Array.from({ length: 12 }, (_, number) => answered(number)),
    );
  });

  it('survives kill -9 at any time: no row lost, none twice', async () => {
    vi.restoreAllMocks();
    writeRows(60);
    const server = await fake({ script: (request) => ({ ...echo(request), delayMs: 15 }) });
    const main = fileURLToPath(new URL('./infer-process.ts', import.meta.url));
    const run = () =>
      spawn(
        process.execPath,
        [main, '--input_file', input, '--output_file', output, '--base_url', server.url],
        {
          stdio: 'ignore',
        },
      );
    const end = (child: ReturnType<typeof run>) =>
      new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    for (const enough of [10, 30]) {
      const child = run();
      while (server.requests.length < enough) await new Promise((resolve) => setTimeout(resolve, 2));
      child.kill('SIGKILL');
      await end(child);
    }
    expect(await end(run())).toBe(0);
    expect(readRows().map((row) => row.completion)).toEqual(
      Array.from({ length: 60 }, (_, number) => `answer to question ${number}`),
    );
    // What was asked twice is only what was open when the process died.
    expect(server.requests.length).toBeLessThanOrEqual(60 + 2 * 16);
  }, 60_000);

  it('stops on SIGTERM, keeps what it has, and says how to go on', async () => {
    vi.restoreAllMocks();
    writeRows(8);
    const server = await fake({
      script: (request) => (request.index < 3 ? echo(request) : { kind: 'hang' }),
    });
    const main = fileURLToPath(new URL('./infer-process.ts', import.meta.url));
    const flags = ['--input_file', input, '--output_file', output, '--base_url', server.url];
    const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (data) => {
      said += data;
    });
    while (server.requests.length < 8) await new Promise((resolve) => setTimeout(resolve, 5));
    await vi.waitFor(() => expect(readRows()).toHaveLength(3));
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(130);
    expect(said).toContain('Run the same command again');
    await vi.waitFor(() => expect(server.cancelled).toHaveLength(5));
  }, 60_000);
});

describe('failures', () => {
  it('reports failed rows, sets exit code 1, and tries only them next time', async () => {
    writeRows(6, (number) => rowOf(number, { id: `r${number}` }));
    let broken = true;
    const server = await fake({
      script: (request) =>
        broken && question(request) === 'question 4'
          ? { kind: 'status', status: 400, message: 'prompt too long' }
          : echo(request),
    });
    expect(await infer(server)).toBe(1);
    expect(stderr).toMatch(/row 4 \(id r4\) failed: .*prompt too long/);
    expect(stdout).toContain('5 of 6 rows');
    expect(readRows().map((row) => row.index)).toEqual([0, 1, 2, 3, 5]);
    broken = false;
    expect(await infer(server)).toBe(0);
    expect(server.requests).toHaveLength(7);
    expect(readRows().map((row) => row.index)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('gives up on a row whose stream always breaks, although the service is there', async () => {
    writeRows(2);
    const server = await fake({
      script: (request) =>
        question(request) === 'question 1'
          ? { ...echo(request), breakAfter: 1, breakHow: 'truncate' }
          : echo(request),
    });
    expect(await infer(server)).toBe(1);
    expect(readRows()).toHaveLength(1);
    expect(server.requests).toHaveLength(4);
  });

  it('bridges a restart of the service', async () => {
    writeRows(12);
    const server = await fake({
      script: async (request) => {
        if (request.index === 5) {
          const { port } = server;
          await server.close();
          setTimeout(() => void server.listen(port), 300);
        }
        return echo(request);
      },
    });
    expect(await infer(server, '--batch_size', '2')).toBe(0);
    expect(readRows()).toHaveLength(12);
  });

  it('fails the rows when patience ends', async () => {
    writeRows(3);
    const server = await fake();
    await server.close();
    expect(await infer(server, '--patience', '0')).toBe(1);
    expect(stderr).toContain('3 rows failed');
  });

  it.each([
    ['a row without messages', '{"prompt":"x"}\n', /in\.jsonl, line 1/],
    ['torn JSON', '{"messages":\n', /line 1/],
    ['no message to answer', '{"messages":[]}\n', /line 1: messages: no message to answer\. Every row needs/],
    [
      'Latin-1',
      Buffer.from(`${JSON.stringify(rowOf(0, { id: 'café' }))}\n`, 'latin1'),
      /line 1 is not UTF-8/,
    ],
    ['an id twice', [1, 1].map((id) => `${JSON.stringify(rowOf(0, { id }))}\n`).join(''), /line 2: the id 1/],
  ])('refuses %s before asking anything', async (_name, text, message) => {
    writeFileSync(input, text);
    const server = await fake();
    expect(await infer(server)).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^swe-manager: [^\n]+\n$/);
    expect(server.requests).toHaveLength(0);
  });

  it('reads UTF-8 behind a byte order mark', async () => {
    writeFileSync(input, `\uFEFF${JSON.stringify(rowOf(0))}\n${JSON.stringify(rowOf(1))}\n`);
    expect(await infer(await fake())).toBe(0);
    expect(readRows().map((row) => row.completion)).toEqual(['answer to question 0', 'answer to question 1']);
  });

  it('refuses a model that is not served, and a wrong key', async () => {
    writeRows(3);
    const server = await fake({ models: ['base', 'lora'] });
    expect(await infer(server, '--model', 'nobody')).toBe(1);
    expect(stderr).toContain('It serves base, lora');
    expect(await infer(await fake({ apiKey: 'k' }))).toBe(1);
    expect(stderr).toContain('Check INFERENCE_API_KEY');
    expect(server.requests).toHaveLength(0);
  });
});
