/** What merged pull requests touched: asked for when one labels an issue, read soon after. */
import { and, eq, exists, inArray, isNull, lte, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { issues, mergedChanges, signals } from '../schema/index.ts';

export type MergedChange = typeof mergedChanges.$inferSelect;

export interface PullKey {
  readonly repositoryId: number;
  readonly pullNumber: number;
}

const is = ({ repositoryId, pullNumber }: PullKey) =>
  and(eq(mergedChanges.repositoryId, repositoryId), eq(mergedChanges.pullNumber, pullNumber));

/** That a signal about a pull request of an issue is about this change. */
const isOfSignal = and(
  eq(mergedChanges.pullNumber, signals.pullNumber),
  eq(mergedChanges.repositoryId, issues.repositoryId),
  eq(issues.id, signals.issueId),
);

/** Once for each pull request. */
export async function wantChange(tx: Db, pull: PullKey, dueAt: Date): Promise<void> {
  await tx
    .insert(mergedChanges)
    .values({ ...pull, dueAt })
    .onConflictDoNothing();
}

/** Pull requests behind the issue whose names are to be read by now. */
export async function changesDue(db: Db, issueId: number, now: Date): Promise<MergedChange[]> {
  const rows = await db
    .selectDistinct({ change: mergedChanges })
    .from(mergedChanges)
    .innerJoin(signals, eq(signals.pullNumber, mergedChanges.pullNumber))
    .innerJoin(issues, isOfSignal)
    .where(and(eq(issues.id, issueId), eq(signals.source, 'merge'), lte(mergedChanges.dueAt, now)));
  return rows.map(({ change }) => change);
}

/** Condition on `issues` of a query around it: one of its merged changes is to be read by now. */
export function hasChangeDue(db: Db, now: Date) {
  const due = db
    .select({ pull: mergedChanges.pullNumber })
    .from(mergedChanges)
    .innerJoin(signals, isOfSignal)
    .where(and(eq(signals.source, 'merge'), lte(mergedChanges.dueAt, now)));
  return exists(due);
}

/** Condition on `mergedChanges` of a statement around it: a signal of the issue is about it. */
export function isBehind(db: Db, issueId: number) {
  const given = db
    .select({ id: signals.id })
    .from(signals)
    .innerJoin(issues, isOfSignal)
    .where(eq(issues.id, issueId));
  return exists(given);
}

/** @param names null when they cannot be had; nobody asks again then */
export async function saveChange(
  tx: Db,
  pull: PullKey,
  names: readonly string[] | null,
  readAt: Date,
): Promise<void> {
  const found = { names: names && [...names], readAt, dueAt: null };
  await tx
    .insert(mergedChanges)
    .values({ ...pull, ...found })
    .onConflictDoUpdate({
      target: [mergedChanges.repositoryId, mergedChanges.pullNumber],
      set: found,
      setWhere: isNull(mergedChanges.erasedAt),
    });
}

export async function postponeChange(tx: Db, pull: PullKey, dueAt: Date): Promise<void> {
  await tx
    .update(mergedChanges)
    .set({ dueAt, tries: sql`${mergedChanges.tries} + 1` })
    .where(is(pull));
}

/** Those of the pull requests whose names are known. */
export async function changesOf(
  db: Db,
  repositoryIds: readonly number[],
  pullNumbers: readonly number[],
): Promise<MergedChange[]> {
  if (pullNumbers.length === 0) return [];
  return db
    .select()
    .from(mergedChanges)
    .where(
      and(
        inArray(mergedChanges.repositoryId, [...repositoryIds]),
        inArray(mergedChanges.pullNumber, [...pullNumbers]),
        sql`${mergedChanges.names} is not null`,
      ),
    );
}
