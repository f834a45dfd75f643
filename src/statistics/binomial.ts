/** Binomial probabilities, exact up to rounding, without overflow for thousands of trials. */

/** P(X = k) for every k from 0 to n. @param p from 0 to 1 */
export function binomialDistribution(n: number, p: number): number[] {
  if (p <= 0 || p >= 1) return Array.from({ length: n + 1 }, (_, k) => (k === (p <= 0 ? 0 : n) ? 1 : 0));
  const odds = Math.log(p) - Math.log1p(-p);
  const masses: number[] = [];
  let log = n * Math.log1p(-p);
  for (let k = 0; k <= n; k += 1) {
    masses.push(Math.exp(log));
    log += Math.log((n - k) / (k + 1)) + odds; // -Infinity after the last one, never used.
  }
  return masses;
}
