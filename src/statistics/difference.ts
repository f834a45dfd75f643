import { type Interval, wilson } from './interval.ts';

/** So many successes in so many trials. */
export interface Share {
  readonly successes: number;
  readonly trials: number;
}

/** The 95 % quantile of the standard normal distribution: one-sided bounds at 95 %. */
export const Z_ONE_SIDED_95 = 1.6448536269514722;

/**
 * Newcombe's hybrid score interval for the difference of two shares (Newcombe 1998, method 10). It takes the two as
 * independent; for two judges on the same tasks that makes it wider than need be, never narrower in practice.
 * @returns the interval of `first - second`, from -1 to 1; the whole range without trials
 */
export function newcombe(first: Share, second: Share, z = Z_ONE_SIDED_95): Interval {
  if (first.trials === 0 || second.trials === 0) return [-1, 1];
  const [p, q] = [first.successes / first.trials, second.successes / second.trials];
  const [pLow, pHigh] = wilson(first.successes, first.trials, z);
  const [qLow, qHigh] = wilson(second.successes, second.trials, z);
  return [p - q - Math.hypot(p - pLow, qHigh - q), p - q + Math.hypot(pHigh - p, q - qLow)];
}
