/** A confidence interval, both ends in the unit of what it is about. */
export type Interval = readonly [low: number, high: number];

/** The 97.5 % quantile of the standard normal distribution. */
export const Z_95 = 1.959963984540054;

/**
 * Wilson's score interval for a share (Wilson 1927; recommended for small n by Brown, Cai and DasGupta 2001).
 * @returns shares from 0 to 1; the whole range without any trial
 */
export function wilson(successes: number, trials: number, z = Z_95): Interval {
  if (trials === 0) return [0, 1];
  const share = successes / trials;
  const z2 = z * z;
  const centre = share + z2 / (2 * trials);
  const spread = z * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  const scale = 1 + z2 / trials;
  const low = successes === 0 ? 0 : (centre - spread) / scale;
  const high = successes === trials ? 1 : (centre + spread) / scale;
  return [Math.max(0, low), Math.min(1, high)];
}
