import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarise } from '../../src/bench/metrics.ts';
import { sliceTables } from '../../src/bench/slices.ts';
import { result } from './results.ts';

const wrong = { forced: 3, chosen: 3, correct: false };

describe('the summary', () => {
  const results = [
    result('a', { price: 1000, proposals: 2 }),
    result('b', { price: 7000, ...wrong, answer: [2], longest: 2 }),
    result('c', { price: 1000, answer: [3], forced: 3, chosen: null, abstained: true }),
    result('d', {
      price: 1000,
      ...wrong,
      error: 'Error: x',
      chosen: null,
      forced: null,
      confidence: 0,
      proposals: 4,
    }),
  ];
  const summary = summarise('embedded', results, 1);

  it('counts tasks and dollars', () => {
    expect(summary).toMatchObject({
      tasks: 4,
      correct: 2,
      accuracy: 0.5,
      dollars: 2000,
      dollars_total: 10_000,
    });
    expect(summary.earn_rate).toBeCloseTo(0.2, 12);
    expect(summary.seconds_per_task).toBeCloseTo(0.01, 12);
    expect(summary.failures).toBe(1);
  });

  it('expects of a random choice what its chances say', () => {
    expect(summary.baselines.random.accuracy).toBeCloseTo((1 / 2 + 1 / 3 + 1 / 3 + 1 / 4) / 4, 12);
    expect(summary.baselines.random.earn_rate).toBeCloseTo((500 + 7000 / 3 + 1000 / 3 + 250) / 10_000, 12);
    expect(summary.baselines.first).toEqual({ accuracy: 0.5, earn_rate: 0.2 });
    expect(summary.baselines.longest).toEqual({ accuracy: 0.25, earn_rate: 0.7 });
  });

  it('reports abstentions apart, failures with neither', () => {
    expect(summary.abstentions).toMatchObject({
      tasks: 1,
      accuracy_when_chosen: 0.5,
      accuracy_when_abstained: 1,
    });
  });

  it('measures calibration on answers: failing makes no judge look better calibrated', () => {
    const answered = summarise('embedded', results.slice(0, 3), 1);
    expect(summary).toMatchObject({ brier: answered.brier, ece: answered.ece });
    expect(summary.reliability).toEqual(answered.reliability);
    expect(summary.risk_coverage).toHaveLength(4);
    expect(summarise('embedded', results.slice(3), 1)).toMatchObject({
      brier: null,
      ece: null,
      reliability: [],
    });
  });

  it('shows what one dear task does', () => {
    expect(summary.largest_task).toEqual({ id: 'b', share: 0.7, earn_rate_without: 2 / 3 });
  });

  it('has no earn rate without prices', () => {
    const free = summarise('first', [result('a', { price: null }), result('b', { price: null })], 1);
    expect(free).toMatchObject({ earn_rate: null, earn_rate_interval: null, dollars: 0, dollars_total: 0 });
    expect(free.baselines.first).toEqual({ accuracy: 1, earn_rate: null });
    expect(free.largest_task).toBeNull();
  });

  it('repeats with its seed', () => {
    expect(summarise('embedded', results, 1)).toEqual(summary);
  });
});

describe('slices', () => {
  it('sort tasks by proposals, position and length', () => {
    const tables = sliceTables([
      result('a', { proposals: 2, answer: [2], answer_length_rank: 2, text_length: 10 }),
      result('b', { proposals: 9, answer: [4], answer_length_rank: 3, text_length: 20, ...wrong }),
      result('c', { proposals: 2, answer: [1], answer_length_rank: 1, text_length: 30 }),
    ]);
    const rows = tables.map(({ by, rows: own }) => [
      by,
      own.map(({ slice, correct, tasks }) => `${slice}: ${correct}/${tasks}`),
    ]);
    expect(rows).toEqual([
      ['number of proposals', ['2: 2/2', '7 or more: 0/1']],
      ['position of the answer', ['first: 1/1', 'in between: 0/1', 'last: 1/1']],
      ['length of the answer among the proposals', ['longest: 1/1', 'in between: 0/1', 'shortest: 1/1']],
      ['length of all proposals, characters', ['up to 17: 1/1', '18 to 23: 0/1', 'over 23: 1/1']],
    ]);
  });

  it('cover every task once in each table', () => {
    const results = fc.array(
      fc.integer({ min: 1, max: 12 }).chain((proposals) =>
        fc.record({
          proposals: fc.constant(proposals),
          answer: fc.integer({ min: 1, max: proposals }).map((number) => [number]),
          answer_length_rank: fc.integer({ min: 1, max: proposals }),
          text_length: fc.nat(9999),
          correct: fc.boolean(),
        }),
      ),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(results, (some) => {
        const tables = sliceTables(some.map((differs, index) => result(String(index), differs)));
        expect(tables).toHaveLength(4);
        for (const { rows } of tables) {
          expect(rows.reduce((sum, { tasks }) => sum + tasks, 0)).toBe(some.length);
        }
      }),
    );
  });
});
