/** Decisions of one repository go together: does the candidate choose better across repositories? */
import { quantile } from '../../statistics/bootstrap.ts';
import { seeded } from '../../statistics/random.ts';
import type { PairedDecision } from './gate.ts';

/** With fewer, drawing repositories says nothing. */
export const LEAST_CLUSTERS = 5;
const RESAMPLES = 4_000;

/**
 * The one-sided 95 % bound of the difference in accuracy when whole repositories are drawn (cluster bootstrap).
 * @returns null with too few repositories
 */
export function clusterBound(
  pairs: readonly (PairedDecision & { readonly repositoryId: number })[],
): number | null {
  const clusters = [...Map.groupBy(pairs, ({ repositoryId }) => repositoryId).values()].map((own) => ({
    gain: own.reduce((sum, pair) => sum + Number(pair.candidateRight) - Number(pair.incumbentRight), 0),
    size: own.length,
  }));
  if (clusters.length < LEAST_CLUSTERS) return null;
  const random = seeded(1);
  const differences = Array.from({ length: RESAMPLES }, () => {
    let [gain, size] = [0, 0];
    for (let draw = 0; draw < clusters.length; draw += 1) {
      const cluster = clusters[Math.floor(random() * clusters.length)];
      gain += cluster?.gain ?? 0;
      size += cluster?.size ?? 0;
    }
    return gain / size;
  });
  return quantile(
    differences.sort((a, b) => a - b),
    0.05,
  );
}
