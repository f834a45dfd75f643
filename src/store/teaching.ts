/** What the embedded judge learns from: each snapshot that a dataset version trains on, once, with its label. */
import { and, asc, eq, isNull } from 'drizzle-orm';
import type { JudgeInput } from '../pipeline/judge/types.ts';
import type { Db } from '../ports.ts';
import { datasetRows, labels, snapshots } from '../schema/index.ts';
import { isOfNone } from './dataset-versions.ts';

export interface TeachingLabel {
  readonly snapshotId: string;
  readonly input: JudgeInput;
  readonly verdict: typeof labels.$inferSelect.verdict;
  readonly proposalNumber: number | null;
  readonly weight: number;
}

/**
 * Permutations of a snapshot share its label: their weights are one weight. In the order of the version's rows.
 * @param without ids of repositories that are not learned from
 */
export async function teachingLabels(
  db: Db,
  versionId: string,
  without: readonly number[],
): Promise<TeachingLabel[]> {
  return db
    .select({
      snapshotId: snapshots.id,
      input: snapshots.input,
      verdict: labels.verdict,
      proposalNumber: labels.proposalNumber,
      weight: labels.confidence,
    })
    .from(datasetRows)
    .innerJoin(snapshots, eq(snapshots.id, datasetRows.snapshotId))
    .innerJoin(labels, eq(labels.id, datasetRows.labelId))
    .where(
      and(
        eq(datasetRows.versionId, versionId),
        eq(datasetRows.split, 'train'),
        eq(datasetRows.permutation, 0),
        isNull(datasetRows.erasedAt),
        isNull(snapshots.erasedAt),
        isOfNone(db, without),
      ),
    )
    .orderBy(asc(datasetRows.ordinal));
}
