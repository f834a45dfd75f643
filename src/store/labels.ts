/** Labels with the evidence behind them. */
import { randomUUID } from 'node:crypto';
import { and, asc, eq, inArray, isNotNull, isNull, min, or } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { decisions, issues, labels, repositories, signals, snapshots } from '../schema/index.ts';

export type Signal = typeof signals.$inferSelect;
export type Label = typeof labels.$inferSelect;
export type NewLabel = Omit<typeof labels.$inferInsert, 'id' | 'supersededAt'>;

export interface LabelledSnapshot {
  readonly label: Label;
  readonly snapshot: typeof snapshots.$inferSelect;
  readonly issue: typeof issues.$inferSelect;
  readonly repository: typeof repositories.$inferSelect;
}

/**
 * Every verified signal that counts for the snapshot, oldest first: its own, and those of its issue that speak about
 * proposals, to whatever decision they were given. That a choice is wrong counts only where it was made.
 */
export async function evidenceFor(
  db: Db,
  snapshot: { readonly id: string; readonly issueId: number },
): Promise<Signal[]> {
  const ownOrIssueWide = or(
    eq(signals.snapshotId, snapshot.id),
    and(
      eq(signals.issueId, snapshot.issueId),
      or(isNull(signals.snapshotId), isNotNull(signals.proposalNumber)),
    ),
  );
  return db
    .select()
    .from(signals)
    .where(and(ownOrIssueWide, isNotNull(signals.verifiedAt)))
    .orderBy(asc(signals.createdAt), asc(signals.id));
}

export async function snapshotIdsOf(db: Db, issueId: number): Promise<string[]> {
  const rows = await db
    .select({ id: snapshots.id })
    .from(snapshots)
    .where(eq(snapshots.issueId, issueId))
    .orderBy(asc(snapshots.takenAt));
  return rows.map(({ id }) => id);
}

/** When a choice of ours could first be seen on the issue, in its own comment or elsewhere; null while none could. */
export async function firstVisibleAt(db: Db, issueId: number): Promise<Date | null> {
  const [row] = await db
    .select({ posted: min(decisions.postedAt), shown: min(decisions.shownAt) })
    .from(decisions)
    .where(eq(decisions.issueId, issueId));
  const { posted = null, shown = null } = row ?? {};
  return posted && shown && shown < posted ? shown : (posted ?? shown);
}

/** The snapshot's label as it is now; earlier ones stay as history. */
export async function currentLabel(db: Db, snapshotId: string): Promise<Label | null> {
  const [row] = await db
    .select()
    .from(labels)
    .where(and(eq(labels.snapshotId, snapshotId), isNull(labels.supersededAt)));
  return row ?? null;
}

/** Labels as they are now, with what a person needs to see to judge them. */
export async function currentLabels(db: Db): Promise<LabelledSnapshot[]> {
  return db
    .select({ label: labels, snapshot: snapshots, issue: issues, repository: repositories })
    .from(labels)
    .innerJoin(snapshots, eq(labels.snapshotId, snapshots.id))
    .innerJoin(issues, eq(snapshots.issueId, issues.id))
    .innerJoin(repositories, eq(issues.repositoryId, repositories.id))
    .where(and(isNull(labels.supersededAt), isNull(snapshots.erasedAt)));
}

/** Puts a label in the place of the current one, or takes that away; the old one is kept as superseded. */
export async function replaceLabel(
  tx: Db,
  snapshotId: string,
  label: NewLabel | null,
  at: Date,
): Promise<void> {
  await tx
    .update(labels)
    .set({ supersededAt: at })
    .where(and(eq(labels.snapshotId, snapshotId), isNull(labels.supersededAt)));
  if (label) await tx.insert(labels).values({ id: randomUUID(), ...label });
}

/** Every label the snapshot had, oldest first. */
export async function labelHistory(db: Db, snapshotId: string): Promise<Label[]> {
  return db.select().from(labels).where(eq(labels.snapshotId, snapshotId)).orderBy(asc(labels.resolvedAt));
}

/** Oldest first. */
export async function signalsByIds(db: Db, ids: readonly string[]): Promise<Signal[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(signals)
    .where(inArray(signals.id, [...ids]))
    .orderBy(asc(signals.createdAt));
}
