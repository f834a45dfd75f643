import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare } from '../../src/bench/compare.ts';
import { renderComparison } from '../../src/bench/report/compare-markdown.ts';
import { type ResultLine, readResults, toJsonLines } from '../../src/bench/results-file.ts';
import { result } from './results.ts';

function file(name: string, correct: string, prices: readonly number[] = []) {
  const results: ResultLine[] = [...correct].map((letter, index) => ({
    id: String(index),
    correct: letter === '1',
    price: prices[index] ?? 1000,
    answer: null,
  }));
  return { name, results };
}

describe('a comparison', () => {
  it('pairs tasks by id', () => {
    const a = file('a', '110100000');
    const b = file('b', '101111110', [5000]);
    const shuffled = { ...b, results: b.results.toReversed() };
    const both = compare(
      { ...a, results: a.results.map((one, i) => (i === 0 ? { ...one, price: 5000 } : one)) },
      shuffled,
      1,
    );
    expect(both).toMatchObject({
      tasks: 9,
      both_right: 2,
      only_a_right: 1,
      only_b_right: 5,
      both_wrong: 1,
      dollars_total: 13_000,
      dollars_difference: 4000,
      a: { name: 'a', dollars: 7000 },
      b: { name: 'b', dollars: 11_000 },
    });
    expect(both.accuracy_difference).toBeCloseTo(4 / 9, 12);
    expect(both.p_value).toBeCloseTo((2 * (1 + 6)) / 64, 12);
  });

  it('of a run with itself finds nothing', () => {
    const same = compare(file('a', '1010'), file('a', '1010'), 1);
    expect(same).toMatchObject({
      p_value: 1,
      accuracy_difference: 0,
      accuracy_difference_interval: [0, 0],
      dollars_difference_interval: [0, 0],
      minimum_detectable_effect: null,
    });
    expect(renderComparison(same)).toContain('do not show that either is better');
  });

  it('sees a clear difference, and says which way', () => {
    const worse = file('a', '0'.repeat(40));
    const better = file('b', '1'.repeat(20) + '0'.repeat(20));
    const up = compare(worse, better, 1);
    expect(up.p_value).toBeLessThan(1e-5);
    expect(up.accuracy_difference_interval?.[0]).toBeGreaterThan(0.3);
    expect(up.minimum_detectable_effect).toBeGreaterThan(0.1);
    expect(renderComparison(up)).toContain('B is better.');
    const down = compare(better, worse, 1);
    expect(down.accuracy_difference).toBe(-up.accuracy_difference);
    expect(renderComparison(down)).toContain('A is better.');
  });

  it('leaves out what only one of them has, and says so', () => {
    const both = compare(file('a', '1100'), file('b', '10'), 1);
    expect(both).toMatchObject({ tasks: 2, only_in_a: 2, only_in_b: 0 });
    expect(renderComparison(both)).toContain('Left out: 2 tasks that only A has, 0 that only B has.');
  });

  it('has no interval of dollars where no task states a price', () => {
    const free = (name: string, correct: string) => {
      const { results } = file(name, correct);
      return { name, results: results.map((one) => ({ ...one, price: null })) };
    };
    expect(compare(free('a', '10'), free('b', '01'), 1).dollars_difference_interval).toBeNull();
  });

  it('refuses runs on other tasks', () => {
    expect(() => compare(file('a', '1'), { name: 'b', results: [] }, 1)).toThrow('share no task');
    expect(() => compare(file('a', '11'), file('b', '11', [1000, 2000]), 1)).toThrow(
      'disagree about what task 1 pays',
    );
  });
});

describe('a per-task file', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bench-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  it('is read back, by its name or by its directory', async () => {
    await writeFile(
      join(dir, 'tasks.jsonl'),
      toJsonLines([result('a'), result('b', { correct: false, price: null })]),
    );
    const expected = [
      { id: 'a', correct: true, price: 1000, answer: [1] },
      { id: 'b', correct: false, price: null, answer: [1] },
    ];
    expect((await readResults(dir)).results).toMatchObject(expected);
    expect((await readResults(join(dir, 'tasks.jsonl'))).results).toMatchObject(expected);
  });

  it.each([
    ['no JSON', '{"id":"a","correct":true}\nx\n', /line 2: not JSON/],
    ['another shape', '{"id":"a"}\n', /line 1: correct/],
    [
      'an id twice',
      '{"id":"a","correct":true}\n\n{"id":"a","correct":true}\n',
      /line 3 has the same task id as line 1/,
    ],
    ['nothing', '\n', /has no results/],
  ])('with %s is refused', async (_, text, problem) => {
    const path = join(dir, 'broken.jsonl');
    await writeFile(path, text);
    await expect(readResults(path)).rejects.toThrow(problem);
  });

  it('that is absent is refused', async () => {
    await expect(readResults(join(dir, 'none'))).rejects.toThrow('cannot be read');
  });
});
