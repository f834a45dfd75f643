/** Percentile bootstrap over tasks (Efron 1979): what would other draws of tasks like these have given? */

import type { Interval } from './interval.ts';
import type { Random } from './random.ts';

export const RESAMPLES = 10_000;

/**
 * The 95 % percentile interval of a sum or of a ratio of sums over tasks drawn with replacement.
 * Sums, not arbitrary statistics, so that ten thousand resamples of hundreds of tasks take milliseconds.
 * @param numerators one a task
 * @param denominators one a task for a ratio (a resample whose denominators sum to 0 is left out); null for the sum
 * @returns null without tasks, or when no resample has a denominator
 */
export function bootstrapInterval(
  numerators: readonly number[],
  denominators: readonly number[] | null,
  random: Random,
  resamples = RESAMPLES,
): Interval | null {
  const size = numerators.length;
  if (size === 0) return null;
  const values: number[] = [];
  for (let resample = 0; resample < resamples; resample += 1) {
    let numerator = 0;
    let denominator = 0;
    for (let draw = 0; draw < size; draw += 1) {
      const index = Math.floor(random() * size);
      numerator += numerators[index] ?? 0;
      denominator += denominators?.[index] ?? 0;
    }
    if (denominators === null) values.push(numerator);
    else if (denominator > 0) values.push(numerator / denominator);
  }
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  return [quantile(values, 0.025), quantile(values, 0.975)];
}

/** Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). @param sorted ascending, not empty */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low + (high - low) * (position - below);
}
