/** The command as a user runs it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const TASKS = fileURLToPath(new URL('../fixtures/bench/tasks.csv', import.meta.url));
const THREADS = fileURLToPath(new URL('../fixtures/judge-threads', import.meta.url));

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bench-'));
});
afterAll(() => rm(dir, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function bench(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'bench', ...args], { cwd: dir }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

describe('swe-manager bench', { timeout: 60_000 }, () => {
  it('prints JSON and nothing else with --json', async () => {
    const { code, stdout, stderr } = await bench(TASKS, '--judge', 'first', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      judge: 'first',
      tasks: 5,
      accuracy: 0.2,
      dollars: 1000,
      dollars_total: 34_750.5,
      baselines: { first: { accuracy: 0.2 }, longest: { accuracy: expect.any(Number) } },
    });
  });

  it('writes reports that it can compare', async () => {
    const [a, b] = await Promise.all([
      bench(TASKS, '--judge', 'embedded', '--out', 'a'),
      bench(TASKS, '--judge', 'longest', '--out', 'b', '--seed', '9'),
    ]);
    expect(a).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/1 left out: not of the variant/),
    });
    expect(b.code).toBe(0);
    expect(await readFile(join(dir, 'b', 'report.md'), 'utf8')).toContain('--judge longest --seed 9 --out b');
    const comparison = await bench('compare', 'a', 'b/tasks.jsonl', '--json', '--seed', '4');
    expect(JSON.parse(comparison.stdout)).toMatchObject({ tasks: 5, a: { name: 'a' }, seed: 4 });
    expect((await bench('compare', 'a', 'b')).stdout).toMatch(/Exact McNemar, two-sided: p = /);
  });

  it('reads the project’s own threads', async () => {
    const { code, stdout } = await bench(THREADS, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ judge: 'embedded', earn_rate: null });
  });

  it.each([
    ['an absent file', ['none.csv'], /none\.csv cannot be read: there is no such file/],
    ['a file of another kind', ['other.txt'], /other\.txt is of no kind that can be benched on/],
    [
      'a broken row',
      ['broken.csv'],
      /Row 1 \(7-manager-0\) of broken\.csv cannot be read: manager_data is not a Python literal/,
    ],
    ['no Manager rows', ['none-left.csv'], /none-left\.csv has no Manager tasks among its 1 rows/],
    ['runs that are not there', ['compare', 'x', 'y'], /x cannot be read/],
    ['an unknown judge', ['broken.csv', '--judge', 'oracle'], /Allowed choices are embedded, first/],
    ['a seed that is none', ['broken.csv', '--seed', '1.5'], /A seed is a whole number/],
  ])('ends with code 1 and one line for %s', async (_, args, problem) => {
    await writeFile(join(dir, 'other.txt'), 'x');
    const head = 'question_id,variant,price,manager_data\n';
    await writeFile(join(dir, 'broken.csv'), `${head}7-manager-0,swe_manager,5,{'game': open('x')}\n`);
    await writeFile(join(dir, 'none-left.csv'), `${head}7-0,ic_swe,5,\n`);
    const { code, stdout, stderr } = await bench(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(problem);
    expect(
      stderr
        .trim()
        .split('\n')
        .filter((line) => line !== '(see --help)'),
    ).toHaveLength(1);
  });
});
