import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isSettled,
  leadProbability,
  leastToSettle,
  tally,
} from '../../../../src/pipeline/judge/model/posterior.ts';

describe('the tally', () => {
  it('puts most votes first, then the earlier proposal, none last', () => {
    expect(tally([3, null, 1, null, 3, 1, 2])).toEqual([
      { choice: 1, votes: 2 },
      { choice: 3, votes: 2 },
      { choice: null, votes: 2 },
      { choice: 2, votes: 1 },
    ]);
  });
});

describe('the probability of the lead', () => {
  it.each([
    [0, 0, 0.5],
    [1, 0, 0.75],
    [3, 0, 0.9375],
    [4, 0, 0.96875],
    [2, 2, 0.5],
    [3, 1, 0.8125],
  ])('of %i to %i votes is %f', (a, b, probability) => {
    expect(leadProbability(a, b)).toBeCloseTo(probability, 12);
  });

  it('is the integral of the Beta density above one half', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), (a, b) => {
        const steps = 4_000;
        let above = 0;
        let all = 0;
        for (let step = 0; step < steps; step += 1) {
          const p = (step + 0.5) / steps;
          const density = p ** a * (1 - p) ** b;
          all += density;
          if (p > 0.5) above += density;
        }
        expect(leadProbability(a, b)).toBeCloseTo(above / all, 4);
      }),
    );
  });
});

const choice = fc.constantFrom<number | null>(1, 2, 3, null);

describe('stopping', () => {
  const exact = { votes: 7, adaptive: true, threshold: 1 };

  it('at a threshold of 1 never changes who wins', () => {
    fc.assert(
      fc.property(fc.array(choice, { minLength: 7, maxLength: 7 }), (all) => {
        const stopped = all.findIndex((_, index) => isSettled(all.slice(0, index + 1), index + 1, exact));
        const [winner, second] = tally(all);
        fc.pre(winner?.votes !== second?.votes);
        expect(tally(all.slice(0, stopped + 1))[0]?.choice).toBe(winner?.choice);
      }),
    );
  });

  it('waits for all votes when it is not adaptive', () => {
    const rule = { votes: 5, adaptive: false, threshold: 0.95 };
    expect(isSettled([1, 1, 1, 1], 4, rule)).toBe(false);
    expect(leastToSettle([], 0, rule)).toBe(5);
    expect(isSettled([1, 1, 1, 1, 1], 5, rule)).toBe(true);
  });

  it('never asks for fewer than could settle it, nor more than are left', () => {
    fc.assert(
      fc.property(fc.array(choice, { maxLength: 6 }), fc.constantFrom(0.75, 0.95, 1), (votes, threshold) => {
        const rule = { votes: 7, adaptive: true, threshold };
        fc.pre(!isSettled(votes, votes.length, rule));
        const count = leastToSettle(votes, votes.length, rule);
        expect(count).toBeGreaterThan(0);
        expect(votes.length + count).toBeLessThanOrEqual(7);
        for (const more of [1, 2, 3, null]) {
          for (let fewer = 1; fewer < count; fewer += 1) {
            const all = [...votes, ...Array<number | null>(fewer).fill(more)];
            expect(isSettled(all, all.length, rule)).toBe(false);
          }
        }
      }),
    );
  });
});
