import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pricePatternProblem, readPrice } from '../../../src/pipeline/command/price.ts';
import { processorClock } from '../../support/processor-time.ts';

it.each([
  ['[$8000] Basket', '[$*]', 8000],
  ['[HOLD] [$1,250.50] Basket', '[$*]', 1250.5],
  ['[$] [$x] [$5] Basket', '[$*]', 5],
  ['Bounty: 40 EUR', '* EUR', 40],
  ['Bounty 1500', 'Bounty *', 1500],
  ['(a+)+ 3', '(a+)+ *', 3],
  ['Basket', '[$*]', null],
  ['[$8000', '[$*]', null],
  ['1234567 and 7 EUR', '* EUR', 7],
])('%s by %s is %s', (title, pattern, price) => {
  expect(readPrice(title, pattern)).toBe(price);
});

it.each(['', '*', ' * ', '[$]', '**', '*a*', `${'a'.repeat(60)}*`])('refuses the pattern %j', (pattern) => {
  expect(pricePatternProblem(pattern)).not.toBeNull();
});

it('reads what a usable pattern was filled with', () => {
  const text = fc.string({ maxLength: 20 }).filter((part) => !/[*\d.,]/.test(part));
  fc.assert(
    fc.property(text, text, fc.integer({ min: 0, max: 9_999_999 }), (before, after, amount) => {
      const pattern = `${before}*${after}`;
      fc.pre(pricePatternProblem(pattern) === null);
      expect(readPrice(`Title ${before}${amount}${after}`, pattern)).toBe(amount);
    }),
  );
});

it.each(['[$', '1', '1,', '[$1', ' '])('survives a title of %j', (unit) => {
  const title = unit.repeat(65_536 / unit.length);
  const spent = processorClock();
  readPrice(title, '[$*]');
  readPrice(title, '*x');
  readPrice(title, `${'1'.repeat(58)}*x`);
  expect(spent()).toBeLessThan(2_000);
});
