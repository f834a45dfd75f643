import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialDistribution } from '../../src/statistics/binomial.ts';
import { bootstrapInterval, quantile } from '../../src/statistics/bootstrap.ts';
import { brierScore, expectedCalibrationError, reliability } from '../../src/statistics/calibration.ts';
import { wilson } from '../../src/statistics/interval.ts';
import { exactMcNemar, mcNemarPower, minimumDetectableEffect } from '../../src/statistics/mcnemar.ts';
import { seeded } from '../../src/statistics/random.ts';
import { aurc, bestAurc, riskCoverage } from '../../src/statistics/risk-coverage.ts';
import { runs } from '../support/fuzz.ts';

const share = fc.nat(1000).map((thousandth) => thousandth / 1000);

describe('Wilson', () => {
  // Newcombe 1998, Statistics in Medicine 17, 857–872, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (successes, trials, low, high) => {
    const interval = wilson(successes, trials);
    expect(interval[0]).toBeCloseTo(low, 4);
    expect(interval[1]).toBeCloseTo(high, 4);
  });

  it('says nothing without trials', () => {
    expect(wilson(0, 0)).toEqual([0, 1]);
  });

  it('holds the share, stays in range, and mirrors', () => {
    const counts = fc.nat(400).chain((trials) => fc.tuple(fc.nat(trials), fc.constant(trials)));
    fc.assert(
      fc.property(counts, ([successes, trials]) => {
        const [low, high] = wilson(successes, trials);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        if (trials > 0) expect(low).toBeLessThanOrEqual(successes / trials);
        if (trials > 0) expect(high).toBeGreaterThanOrEqual(successes / trials);
        const [otherLow] = wilson(trials - successes, trials);
        expect(otherLow).toBeCloseTo(1 - high, 10);
      }),
    );
  });
});

describe('binomial', () => {
  it('is exact', () => {
    expect(binomialDistribution(4, 0.5).map((mass) => mass * 16)).toEqual(
      [1, 4, 6, 4, 1].map((mass) => expect.closeTo(mass, 10)),
    );
    expect(binomialDistribution(3, 0)).toEqual([1, 0, 0, 0]);
    expect(binomialDistribution(3, 1)).toEqual([0, 0, 0, 1]);
  });

  it('sums to one, with the right mean, for thousands of trials', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (n, p) => {
          const masses = binomialDistribution(n, p);
          expect(masses.reduce((sum, mass) => sum + mass, 0)).toBeCloseTo(1, 8);
          expect(masses.reduce((sum, mass, k) => sum + k * mass, 0) / n).toBeCloseTo(p, 8);
        },
      ),
      runs(40),
    );
  });
});

describe('exact McNemar', () => {
  it.each([
    [0, 0, 1],
    [1, 1, 1],
    [0, 5, 2 / 2 ** 5],
    [6, 0, 2 / 2 ** 6],
    [8, 1, (2 * (1 + 9)) / 2 ** 9],
    [3, 10, (2 * (1 + 13 + 78 + 286)) / 2 ** 13],
  ])('%i against %i', (b, c, p) => {
    expect(exactMcNemar(b, c)).toBeCloseTo(p, 12);
  });

  it('does not care who is first, and never leaves 0 to 1', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (b, c) => {
        const p = exactMcNemar(b, c);
        expect(p).toBe(exactMcNemar(c, b));
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('power', () => {
  /** Every table of n tasks, counted one by one. */
  function powerByEnumeration(n: number, discordance: number, difference: number): number {
    const shares = [(discordance + difference) / 2, (discordance - difference) / 2, 1 - discordance];
    const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));
    let power = 0;
    for (let b = 0; b <= n; b += 1) {
      for (let c = 0; b + c <= n; c += 1) {
        const counts = [b, c, n - b - c];
        const ways = factorial(n) / counts.reduce((product, k) => product * factorial(k), 1);
        const mass = counts.reduce((product, k, index) => product * (shares[index] ?? 0) ** k, ways);
        if (exactMcNemar(b, c) <= 0.05) power += mass;
      }
    }
    return power;
  }

  it.each([
    [12, 0.6, 0.5],
    [20, 0.4, 0.2],
    [20, 0.3, 0.3],
    [15, 0.5, 0],
  ])('of %i tasks, discordance %d, difference %d', (n, discordance, difference) => {
    expect(mcNemarPower(n, discordance, difference)).toBeCloseTo(
      powerByEnumeration(n, discordance, difference),
      9,
    );
  });

  it('under no difference stays below alpha: the exact test is conservative', () => {
    for (const n of [10, 39, 265]) expect(mcNemarPower(n, 0.3, 0)).toBeLessThanOrEqual(0.05);
  });
});

describe('minimum detectable effect', () => {
  /** Connor 1987, Biometrics 43, 207–211: tasks needed by the asymptotic test, solved for the difference. */
  function connor(n: number, discordance: number): number {
    let difference = 0;
    const needed = (d: number) =>
      ((1.959964 * Math.sqrt(discordance) + 0.841621 * Math.sqrt(discordance - d * d)) / d) ** 2;
    do difference += 1e-5;
    while (needed(difference) > n);
    return difference;
  }

  it.each([
    [265, 0.3],
    [265, 0.15],
    [800, 0.3],
    [2000, 0.2],
  ])('of %i tasks, discordance %d, is a little above the asymptotic one', (n, discordance) => {
    const effect = minimumDetectableEffect(n, discordance) ?? 0;
    expect(effect).toBeGreaterThan(connor(n, discordance));
    expect(effect).toBeLessThan(connor(n, discordance) * 1.08);
  });

  it('has the power it promises, and hardly more', () => {
    const effect = minimumDetectableEffect(265, 0.3) ?? 0;
    expect(mcNemarPower(265, 0.3, effect)).toBeGreaterThanOrEqual(0.8);
    expect(mcNemarPower(265, 0.3, effect - 2e-4)).toBeLessThan(0.8);
  });

  it('is none where nothing could be found', () => {
    expect(minimumDetectableEffect(39, 0)).toBeNull();
    expect(minimumDetectableEffect(5, 1)).toBeNull();
    expect(minimumDetectableEffect(39, 0.05)).toBeNull();
  });
});

describe('bootstrap', () => {
  it('takes quantiles as R does by default', () => {
    const oneToTen = Array.from({ length: 10 }, (_, index) => index + 1);
    expect(quantile(oneToTen, 0.025)).toBeCloseTo(1.225, 12);
    expect(quantile(oneToTen, 0.975)).toBeCloseTo(9.775, 12);
    expect(quantile([3], 0.5)).toBe(3);
  });

  it('comes close to the normal interval of a mean', () => {
    const ones = Array.from({ length: 400 }, (_, index) => (index < 120 ? 1 : 0));
    const [low, high] = bootstrapInterval(
      ones,
      ones.map(() => 1),
      seeded(5),
    ) ?? [0, 0];
    const spread = 1.96 * Math.sqrt((0.3 * 0.7) / 400);
    expect(low).toBeCloseTo(0.3 - spread, 2);
    expect(high).toBeCloseTo(0.3 + spread, 2);
  });

  it('sees every outcome of two tasks with its chance', () => {
    // Sums 0, 1, 2 have chances 1/4, 1/2, 1/4: both ends lie in the tails of more than 2.5 %.
    expect(bootstrapInterval([0, 1], null, seeded(5))).toEqual([0, 2]);
    // A resample without any price has no earn rate.
    expect(bootstrapInterval([0, 7], [0, 7], seeded(5))).toEqual([1, 1]);
  });

  it('repeats with its seed and differs without', () => {
    const values = [1, 5, 2, 8, 3.5, 9, 0.25];
    const run = (seed: number) => bootstrapInterval(values, null, seeded(seed), 500);
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });

  it('gives none without tasks or without money', () => {
    expect(bootstrapInterval([], null, seeded(1))).toBeNull();
    expect(bootstrapInterval([0, 0], [0, 0], seeded(1))).toBeNull();
  });
});

it('random numbers fill the unit interval evenly', () => {
  const random = seeded(42);
  const cells = new Array<number>(20).fill(0);
  for (let draw = 0; draw < 20_000; draw += 1) {
    const cell = Math.floor(random() * 20);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  const chiSquare = cells.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  expect(chiSquare).toBeLessThan(43.8); // 99.9 % quantile of 19 degrees of freedom.
  expect(chiSquare).toBeGreaterThan(4.9); // Too even would be as wrong.
});

describe('risk and coverage', () => {
  it('follows the definition', () => {
    const points = riskCoverage([
      { confidence: 0.7, correct: true },
      { confidence: 0.9, correct: true },
      { confidence: 0.8, correct: false },
    ]);
    expect(points).toEqual([
      { coverage: 1 / 3, risk: 0 },
      { coverage: 2 / 3, risk: 1 / 2 },
      { coverage: 1, risk: 1 / 3 },
    ]);
    expect(aurc(points)).toBeCloseTo(5 / 18, 12);
    expect(bestAurc(3, 1)).toBeCloseTo(1 / 9, 12);
    expect(aurc([])).toBeNull();
  });

  it('spreads the errors among equals', () => {
    const points = riskCoverage([true, false, true, false].map((correct) => ({ confidence: 0.5, correct })));
    expect(points.map(({ risk }) => risk)).toEqual([0.5, 0.5, 0.5, 0.5]);
  });

  it('ends at the error rate, lies above the best, and ignores order and scale', () => {
    const scored = fc.array(fc.record({ confidence: share, correct: fc.boolean() }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(scored, (some) => {
        const points = riskCoverage(some);
        const errors = some.filter(({ correct }) => !correct).length;
        expect(points.at(-1)?.risk).toBeCloseTo(errors / some.length, 12);
        expect(aurc(points)).toBeGreaterThanOrEqual((bestAurc(some.length, errors) ?? 0) - 1e-12);
        const turned = some.toReversed().map((one) => ({ ...one, confidence: one.confidence / 2 }));
        expect(aurc(riskCoverage(turned))).toBeCloseTo(aurc(points) ?? 0, 12);
      }),
    );
  });
});

describe('calibration', () => {
  const scored = [
    { confidence: 0.1, correct: false },
    { confidence: 0.05, correct: true },
    { confidence: 0.95, correct: true },
    { confidence: 1, correct: true },
  ];

  it('bins, and averages the distance', () => {
    const bins = reliability(scored);
    expect(bins).toMatchObject([
      { low: 0, high: 0.1, tasks: 2, confidence: expect.closeTo(0.075, 12), accuracy: 0.5 },
      { low: 0.9, high: 1, tasks: 2, confidence: expect.closeTo(0.975, 12), accuracy: 1 },
    ]);
    expect(expectedCalibrationError(bins)).toBeCloseTo((0.425 + 0.025) / 2, 12);
    expect(brierScore(scored)).toBeCloseTo((0.01 + 0.9025 + 0.0025) / 4, 12);
  });

  it('loses no task', () => {
    const many = fc.array(fc.record({ confidence: share, correct: fc.boolean() }), { maxLength: 50 });
    fc.assert(
      fc.property(many, (some) => {
        const bins = reliability(some);
        expect(bins.reduce((sum, { tasks }) => sum + tasks, 0)).toBe(some.length);
        for (const bin of bins) {
          expect(bin.confidence).toBeGreaterThanOrEqual(bin.low - 1e-12);
          expect(bin.confidence).toBeLessThanOrEqual(bin.high + 1e-12);
        }
        const error = expectedCalibrationError(bins);
        if (some.length === 0) expect(error).toBeNull();
        else expect(error).toBeLessThanOrEqual(1);
      }),
    );
  });
});
