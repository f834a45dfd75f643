import { asc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { deliveries, installations, redeliveries, repositories, sweepMarks } from '../schema/index.ts';
import { reachable } from './reachable.ts';

export type SweepMark = typeof sweepMarks.$inferSelect;
export type Redelivery = typeof redeliveries.$inferSelect;

/** How far was looked; the first time, everything before `first` counts as settled. */
export async function sweepMark(db: Db, key: string, first: Date): Promise<SweepMark> {
  await db.insert(sweepMarks).values({ key, mark: first }).onConflictDoNothing();
  const [row] = await db.select().from(sweepMarks).where(eq(sweepMarks.key, key));
  if (!row) throw new Error(`the sweep mark ${key} was not stored`);
  return row;
}

export async function saveMark(
  db: Db,
  key: string,
  change: Partial<Pick<SweepMark, 'mark' | 'cursor' | 'etag'>>,
): Promise<void> {
  await db
    .update(sweepMarks)
    .set({ ...change, updatedAt: sql`now()` })
    .where(eq(sweepMarks.key, key));
}

/** Which of these deliveries never arrived. */
export async function missingFromInbox(db: Db, guids: readonly string[]): Promise<Set<string>> {
  if (guids.length === 0) return new Set();
  const rows = await db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(inArray(deliveries.id, [...guids]));
  const arrived = new Set(rows.map((row) => row.id));
  return new Set(guids.filter((guid) => !arrived.has(guid)));
}

export async function noteMissing(
  db: Db,
  missing: Pick<Redelivery, 'guid' | 'attemptId' | 'event' | 'deliveredAt'>,
): Promise<void> {
  await db
    .insert(redeliveries)
    .values(missing)
    .onConflictDoUpdate({
      target: redeliveries.guid,
      set: { attemptId: sql`greatest(${redeliveries.attemptId}, ${missing.attemptId})` },
    });
}

export async function pendingRedeliveries(db: Db, limit: number): Promise<Redelivery[]> {
  return db
    .select()
    .from(redeliveries)
    .where(eq(redeliveries.state, 'pending'))
    .orderBy(sql`${redeliveries.lastAskedAt} asc nulls first`, asc(redeliveries.deliveredAt))
    .limit(limit);
}

export async function updateRedelivery(
  db: Db,
  guid: string,
  change: Partial<Pick<Redelivery, 'state' | 'attempts' | 'lastAskedAt' | 'error'>>,
): Promise<void> {
  await db.update(redeliveries).set(change).where(eq(redeliveries.guid, guid));
}

/** Repositories where commands may be given. */
export async function reachableRepositories(db: Db): Promise<(typeof repositories.$inferSelect)[]> {
  const rows = await db
    .select({ repository: repositories })
    .from(repositories)
    .innerJoin(installations, eq(repositories.installationId, installations.id))
    .where(reachable())
    .orderBy(asc(repositories.id));
  return rows.map((row) => row.repository);
}

/** Deliveries that never arrived and are no longer asked for. */
export async function failedRedeliveries(db: Db): Promise<Redelivery[]> {
  return db
    .select()
    .from(redeliveries)
    .where(eq(redeliveries.state, 'failed'))
    .orderBy(asc(redeliveries.deliveredAt));
}
