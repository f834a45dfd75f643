/** The labels that a person should look at, most useful first, and what they say about them as a signal. */
import { usefulnessOf, WORTH_A_LOOK } from '../../pipeline/feedback/usefulness.ts';
import { weightOf } from '../../pipeline/feedback/weights.ts';
import type { Clock, Db } from '../../ports.ts';
import type { ReasonClass } from '../../schema/index.ts';
import { evidenceStore, labelStore } from '../../store/index.ts';
import { isExposed } from '../evidence/record.ts';
import { resolveLabelsOfIssue } from '../support/resolve-label.ts';

export interface Uncertain extends labelStore.LabelledSnapshot {
  readonly usefulness: number;
  /** The evidence, oldest first. */
  readonly signals: readonly labelStore.Signal[];
}

/** @param limit labels at most */
export async function uncertainLabels(db: Db, limit: number): Promise<Uncertain[]> {
  const useful = (await labelStore.currentLabels(db))
    .map((row) => ({ ...row, usefulness: usefulnessOf(row.label) }))
    .filter(({ usefulness }) => usefulness >= WORTH_A_LOOK)
    .toSorted((a, b) => b.usefulness - a.usefulness || a.label.id.localeCompare(b.label.id))
    .slice(0, limit);
  return Promise.all(
    useful.map(async (row) => ({ ...row, signals: await labelStore.signalsByIds(db, row.label.signalIds) })),
  );
}

export interface Correction {
  /** The right proposal; null: none is acceptable. */
  readonly proposalNumber: number | null;
  readonly reasonClass: ReasonClass | null;
  readonly reviewer: string;
}

/** Records what the person said. It outranks all other evidence, and a later correction replaces it. */
export async function correctLabel(
  ctx: { readonly db: Db; readonly clock: Pick<Clock, 'now'> },
  { snapshot, issue }: Pick<Uncertain, 'snapshot' | 'issue'>,
  correction: Correction,
): Promise<labelStore.Label | null> {
  const at = ctx.clock.now();
  return ctx.db.transaction(async (tx) => {
    await evidenceStore.recordEvidence(tx, {
      key: `review:${snapshot.id}`,
      issueId: issue.id,
      snapshotId: snapshot.id,
      source: 'review',
      polarity: 'accept',
      proposalNumber: correction.proposalNumber,
      actorLogin: correction.reviewer,
      actorRole: 'operator',
      reasonClass: correction.reasonClass,
      weight: weightOf({ source: 'review' }),
      exposed: await isExposed(tx, issue.id, at),
      createdAt: at,
    });
    await resolveLabelsOfIssue(tx, issue.id, at);
    return labelStore.currentLabel(tx, snapshot.id);
  });
}
