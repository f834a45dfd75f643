/** The command as a user runs it; all but once in this process, for a start of the whole program costs a second. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CommanderError } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readTasks } from '../../src/bench/read/index.ts';
import { benchCommand } from '../../src/cli/bench.ts';
import { startBenchProgress } from '../../src/cli/bench-progress.ts';
import { labelledChoice } from '../../src/pipeline/judge/embedded/refit/labels.ts';
import { trainEmbedded } from '../../src/pipeline/judge/embedded/refit/train.ts';
import { fakeTerminal } from '../support/terminal.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const TASKS = fileURLToPath(new URL('../fixtures/bench/tasks.csv', import.meta.url));
const THREADS = fileURLToPath(new URL('../fixtures/judge-threads', import.meta.url));
const LABELLED_THREAD = JSON.stringify({
  repository: 'shop/cart',
  issue: { number: 7, title: '[Paid] [$250] Total is off', body: 'By one cent.' },
  comments: ['Round once in `formatTotal`.', 'Maybe round.'].map((change, index) => ({
    id: index + 1,
    html_url: `https://github.com/shop/cart/issues/7#issuecomment-${index + 1}`,
    user: { login: `author${index + 1}` },
    body: `## Proposal\n### Root cause\nIt rounds twice.\n### Changes\n${change}`,
  })),
  accepted_comment_ids: [1],
  price: 250,
});

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bench-'));
});
afterAll(() => rm(dir, { recursive: true }));

let stdout: string;
let stderr: string;
beforeEach(() => {
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

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function bench(...args: string[]): Promise<Ended> {
  [stdout, stderr, process.exitCode] = ['', '', undefined];
  const command = benchCommand();
  for (const one of [command, ...command.commands]) one.exitOverride();
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode;
  }
  return { code: Number(process.exitCode ?? 0), stdout, stderr };
}

/** A path in the test's own directory. */
const at = (name: string): string => join(dir, name);

describe('swe-manager bench', { timeout: 60_000 }, () => {
  it('prints JSON and nothing else with --json, as the installed command', async () => {
    const args = [MAIN, 'bench', TASKS, '--judge', 'first', '--json'];
    const ended = await promisify(execFile)(process.execPath, args, { cwd: dir });
    expect(ended.stderr).toBe('');
    expect(JSON.parse(ended.stdout)).toMatchObject({
      judge: 'first',
      tasks: 5,
      accuracy: 0.2,
      dollars: 1000,
      dollars_total: 34_750.5,
      baselines: { first: { accuracy: 0.2 }, longest: { accuracy: expect.any(Number) } },
    });
  });

  it('writes reports that it can compare', async () => {
    const a = await bench(TASKS, '--judge', 'embedded', '--out', at('a'));
    const b = await bench(TASKS, '--judge', 'longest', '--out', at('b'), '--seed', '9');
    expect(a).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/1 left out: not of the variant/),
    });
    expect(b.code).toBe(0);
    expect(await readFile(join(dir, 'b', 'report.md'), 'utf8')).toContain(
      `--judge longest --seed 9 --out ${at('b')}`,
    );
    const comparison = await bench('compare', at('a'), at('b/tasks.jsonl'), '--json', '--seed', '4');
    expect(JSON.parse(comparison.stdout)).toMatchObject({ tasks: 5, a: { name: at('a') }, seed: 4 });
    expect((await bench('compare', at('a'), at('b'))).stdout).toMatch(/Exact McNemar, two-sided: p = /);
  });

  it('names its figures as documented, in that order', async () => {
    const summary = JSON.parse((await bench(TASKS, '--judge', 'random', '--json')).stdout);
    expect(Object.keys(summary).slice(0, 10)).toEqual([
      'judge',
      'tasks',
      'accuracy',
      'accuracy_interval',
      'earn_rate',
      'earn_rate_interval',
      'dollars',
      'dollars_total',
      'seconds_per_task',
      'baselines',
    ]);
    expect(Object.keys(summary.baselines)).toEqual(['random', 'first', 'longest']);
    for (const baseline of Object.values(summary.baselines)) {
      expect(baseline).toEqual({ accuracy: expect.any(Number), earn_rate: expect.any(Number) });
    }
    for (const interval of [summary.accuracy_interval, summary.earn_rate_interval]) {
      expect(interval).toEqual([expect.any(Number), expect.any(Number)]);
    }
  });

  it('gives the baselines of a judge that is one of them', async () => {
    for (const judge of ['first', 'longest'] as const) {
      const summary = JSON.parse((await bench(TASKS, '--judge', judge, '--json')).stdout);
      expect(summary.baselines[judge]).toEqual({ accuracy: summary.accuracy, earn_rate: summary.earn_rate });
    }
  });

  it('benches trained weights, and refuses what is none', async () => {
    const threads = await readTasks(THREADS);
    const labels = threads.tasks.map(({ input }) =>
      labelledChoice(input, input.candidates.at(-1)?.number ?? null),
    );
    await writeFile(at('trained.json'), JSON.stringify(trainEmbedded(labels)));
    await writeFile(at('broken.json'), '{"kind": "lora"}');
    const trained = await bench(THREADS, '--weights', at('trained.json'), '--out', at('trained'), '--json');
    expect(trained).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(at('trained/report.md'), 'utf8')).toContain('embedded, embedded-1+16');
    const byHand = JSON.parse((await bench(THREADS, '--json')).stdout);
    expect(JSON.parse(trained.stdout).brier).not.toBe(byHand.brier);
    expect((await bench(THREADS, '--weights', at('broken.json'))).stderr).toMatch(/no trained weights: kind/);
    expect((await bench(THREADS, '--weights', at('none.json'))).stderr).toMatch(/cannot be read as JSON/);
    expect((await bench(THREADS, '--weights', at('trained.json'), '--judge', 'first')).stderr).toMatch(
      /no weights/,
    );
  });

  it('writes into its report a command that a shell takes as it was meant', async () => {
    await writeFile(at("anna's $(threads).jsonl"), LABELLED_THREAD);
    await bench(at("anna's $(threads).jsonl"), '--judge', 'first', '--out', at('my run'));
    const report = await readFile(at('my run/report.md'), 'utf8');
    const command = /```sh\nswe-manager (.*)\n```/.exec(report)?.[1] ?? '';
    const { stdout: words } = await promisify(execFile)('sh', ['-c', `printf '%s\\n' ${command}`]);
    expect(words.split('\n')).toEqual([
      'bench',
      at("anna's $(threads).jsonl"),
      '--judge',
      'first',
      '--seed',
      '1',
      '--out',
      at('my run'),
      '',
    ]);
  });

  it('reads labelled threads', async () => {
    await writeFile(at('threads.jsonl'), LABELLED_THREAD);
    const { code, stdout: printed } = await bench(at('threads.jsonl'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ judge: 'embedded', tasks: 1, dollars_total: 250 });
  });

  it('reads the project’s own threads', async () => {
    const { code, stdout: printed } = await bench(THREADS, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ judge: 'embedded', earn_rate: null });
  });

  it.each([
    ['an absent file', ['none.csv'], /none\.csv cannot be read: there is no such file/],
    ['a file of another kind', ['other.txt'], /other\.txt is of no kind that can be benched on/],
    [
      'a broken row',
      ['broken.csv'],
      /Row 1 \(7-manager-0\) of .*broken\.csv cannot be read: manager_data is not a Python literal/,
    ],
    ['no Manager rows', ['none-left.csv'], /none-left\.csv has no Manager tasks among its 1 rows/],
    ['runs that are not there', ['compare', 'x', 'y'], /x cannot be read/],
    ['an unknown judge', ['broken.csv', '--judge', 'oracle'], /Allowed choices are embedded, first/],
    [
      'a report that cannot be written, before anything is asked',
      ['good.csv', '--judge', 'model', '--out', '/dev/null/out'],
      /\/dev\/null\/out cannot be written/,
    ],
    [
      'weights for a model',
      ['good.csv', '--judge', 'model', '--weights', 'w'],
      /--weights says nothing with --judge model/,
    ],
    ['a report of attacks', ['--attacks', '--out', 'o'], /--out says nothing with --attacks/],
    ['a seed that is none', ['broken.csv', '--seed', '1.5'], /A seed is a whole number/],
  ])('ends with code 1 and one line for %s', async (_, args, problem) => {
    await writeFile(at('other.txt'), 'x');
    const head = 'question_id,variant,price,manager_data\n';
    await writeFile(at('broken.csv'), `${head}7-manager-0,swe_manager,5,{'game': open('x')}\n`);
    await writeFile(at('good.csv'), await readFile(TASKS));
    await writeFile(at('none-left.csv'), `${head}7-0,ic_swe,5,\n`);
    const ended = await bench(...args.map((arg) => (/\.(?:csv|txt)$|^[xy]$/.test(arg) ? at(arg) : arg)));
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(problem);
    expect(
      ended.stderr
        .trim()
        .split('\n')
        .filter((line) => line !== '(see --help)'),
    ).toHaveLength(1);
  });
});

describe('progress', () => {
  it('is a bar with the task on a terminal, and leaves nothing behind', () => {
    const { stream, text } = fakeTerminal({ isTTY: true });
    const progress = startBenchProgress(3, stream);
    progress.at(2, '14-manager-0');
    progress.stop();
    expect(text()).toMatch(/2\/3 tasks \| .+ left \| 14-manager-0/);
  });

  it('is silent elsewhere', () => {
    const { stream, text } = fakeTerminal({ isTTY: false });
    const progress = startBenchProgress(3, stream);
    progress.at(2, '14-manager-0');
    progress.stop();
    expect(text()).toBe('');
  });
});
