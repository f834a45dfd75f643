import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  passOrder,
  restoreNumbers,
  seededRandom,
  shownIds,
  shuffle,
} from '../../../../src/pipeline/judge/prompt/order.ts';

const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 40 });

describe('the display order', () => {
  it('is a permutation, the same one for the same seed', () => {
    fc.assert(
      fc.property(numbers, fc.string(), fc.nat(9), (given, seed, pass) => {
        const order = passOrder(given, seed, pass);
        expect([...order].sort((a, b) => a - b)).toEqual([...given].sort((a, b) => a - b));
        expect(passOrder(given, seed, pass)).toEqual(order);
      }),
    );
  });

  it('is followed by its reverse, so that everybody stands in the middle on average', () => {
    expect(passOrder([1, 2, 3, 4, 5], 'seed', 1)).toEqual(passOrder([1, 2, 3, 4, 5], 'seed', 0).toReversed());
    expect(passOrder([1, 2, 3, 4, 5], 'seed', 2)).not.toEqual(passOrder([1, 2, 3, 4, 5], 'seed', 0));
  });

  it('puts each of three into each place about equally often', () => {
    const first = [0, 0, 0];
    for (let run = 0; run < 3_000; run += 1) {
      const [winner = 0] = shuffle([0, 1, 2], seededRandom(`seed ${run}`));
      first[winner] = (first[winner] ?? 0) + 1;
    }
    for (const count of first) expect(Math.abs(count - 1_000)).toBeLessThan(120); // 4.6 standard deviations
  });
});

describe('shown ids', () => {
  it('map back through the shuffle, and say nothing but the position', () => {
    fc.assert(
      fc.property(numbers, fc.string(), (given, seed) => {
        const order = passOrder(given, seed, 0);
        const shown = shownIds(order);
        expect(shown.ids).toEqual(order.map((_, index) => index + 1));
        for (const number of given) {
          const id = shown.idOf(number);
          expect(id).toBe(order.indexOf(number) + 1);
          expect(shown.numberOf(id ?? 0)).toBe(number);
        }
        expect(shown.numberOf(0)).toBeNull();
        expect(shown.numberOf(order.length + 1)).toBeNull();
      }),
    );
  });
});

describe('the judge’s words', () => {
  const shown = shownIds([30, 10, 20]);

  it.each([
    ['Proposal 1 is right.', 'Proposal 30 is right.'],
    ['proposals 1, 2 and 3 agree', 'proposals 30, 10 and 20 agree'],
    ['Proposal #2 beats proposal 3.', 'Proposal #10 beats proposal 20.'],
    ['between proposals 1 and proposal 2', 'between proposals 30 and proposal 10'],
    ['proposal 4 does not exist', 'proposal 4 does not exist'],
    ['see `proposal 1` and line 2', 'see `proposal 1` and line 2'],
    ['proposal 1.5 seconds', 'proposal 30.5 seconds'],
    ['step 2 of proposal 1', 'step 2 of proposal 30'],
  ])('%j becomes %j', (text, restored) => {
    expect(restoreNumbers(text, shown)).toBe(restored);
  });

  it('stay as they are when ids are the numbers', () => {
    expect(restoreNumbers('proposal 1', shownIds([1, 2]))).toBe('proposal 1');
  });
});
