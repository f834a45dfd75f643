/** McNemar's test for two judges on the same tasks: only tasks that exactly one of them got right count. */
import { binomialDistribution } from './binomial.ts';

export const ALPHA = 0.05;
export const POWER = 0.8;

/**
 * The exact two-sided p-value: twice the smaller tail of Binomial(b + c, 1/2), at most 1 (McNemar 1947 in its
 * exact form). 1 when the judges never differ.
 * @param b tasks that only the first got right
 * @param c tasks that only the second got right
 */
export function exactMcNemar(b: number, c: number): number {
  const masses = binomialDistribution(b + c, 0.5);
  const tail = masses.slice(0, Math.min(b, c) + 1).reduce((sum, mass) => sum + mass, 0);
  return Math.min(1, 2 * tail);
}

/**
 * The exact one-sided p-value: the chance that the first is ahead by this much or more when neither is better.
 * @param b tasks that only the first got right
 * @param c tasks that only the second got right
 */
export function exactMcNemarOneSided(b: number, c: number): number {
  const masses = binomialDistribution(b + c, 0.5);
  // Summed from the smaller side: the masses are symmetric, and few of them are needed.
  return Math.min(
    1,
    masses.slice(0, c + 1).reduce((sum, mass) => sum + mass, 0),
  );
}

/**
 * The chance that the exact test finds a difference, over all tables that could come out.
 * @param tasks how many tasks both judges are run on
 * @param discordance share of tasks that exactly one gets right, 0 to 1
 * @param difference true difference in accuracy, 0 to `discordance`
 */
export function mcNemarPower(tasks: number, discordance: number, difference: number, alpha = ALPHA): number {
  const favoured = discordance > 0 ? (1 + difference / discordance) / 2 : 0.5;
  const discordants = binomialDistribution(tasks, discordance);
  let power = 0;
  for (const [count, mass] of discordants.entries()) {
    if (mass > 1e-12) power += mass * rejection(count, favoured, alpha);
  }
  return power;
}

/**
 * The smallest true difference in accuracy that the exact test would find with the given power, were the share of
 * discordant tasks what it was here. To a ten-thousandth.
 * @returns null when not even a one-sided disagreement would be found: too few tasks, or too few that differ
 */
export function minimumDetectableEffect(
  tasks: number,
  discordance: number,
  { alpha = ALPHA, power = POWER }: { alpha?: number; power?: number } = {},
): number | null {
  if (discordance <= 0 || mcNemarPower(tasks, discordance, discordance, alpha) < power) return null;
  let low = 0;
  let high = discordance;
  while (high - low > 1e-4) {
    const middle = (low + high) / 2;
    if (mcNemarPower(tasks, discordance, middle, alpha) < power) low = middle;
    else high = middle;
  }
  return high;
}

/** P(the test rejects), given how many tasks are discordant. */
function rejection(count: number, favoured: number, alpha: number): number {
  const critical = criticalCount(count, alpha);
  if (critical < 0) return 0;
  const masses = binomialDistribution(count, favoured);
  return masses.reduce((sum, mass, b) => (Math.min(b, count - b) <= critical ? sum + mass : sum), 0);
}

/** The largest smaller count at which the test still rejects; -1 when it never does. */
function criticalCount(count: number, alpha: number): number {
  const masses = binomialDistribution(count, 0.5);
  let tail = 0;
  let critical = -1;
  for (let smaller = 0; 2 * smaller < count; smaller += 1) {
    tail += masses[smaller] ?? 0;
    if (2 * tail > alpha) break;
    critical = smaller;
  }
  return critical;
}
