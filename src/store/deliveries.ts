import { and, asc, eq, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { deliveries } from '../schema/index.ts';

export type Delivery = typeof deliveries.$inferSelect;

/** @returns false when this delivery id is known already: a redelivery changes nothing. */
export async function insertDelivery(db: Db, delivery: typeof deliveries.$inferInsert): Promise<boolean> {
  const rows = await db
    .insert(deliveries)
    .values(delivery)
    .onConflictDoNothing()
    .returning({ id: deliveries.id });
  return rows.length > 0;
}

/** The lane's next delivery to work off, locked until the transaction ends. */
export async function lockNextDelivery(tx: Db, lane: string): Promise<Delivery | null> {
  const [row] = await tx
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.lane, lane), eq(deliveries.state, 'received')))
    .orderBy(asc(deliveries.sequence))
    .limit(1)
    .for('update');
  return row ?? null;
}

/** Counts a failed attempt at the lane's next delivery. @returns how often it failed by now. */
export async function noteFailure(db: Db, id: string, error: string | null): Promise<number> {
  const [row] = await db
    .update(deliveries)
    .set({ attempts: sql`${deliveries.attempts} + 1`, error })
    .where(eq(deliveries.id, id))
    .returning({ attempts: deliveries.attempts });
  return row?.attempts ?? 0;
}

export async function finishDelivery(
  db: Db,
  id: string,
  result: { state: Delivery['state']; error?: string; at: Date },
): Promise<void> {
  await db
    .update(deliveries)
    .set({ state: result.state, error: result.error ?? null, processedAt: result.at })
    .where(eq(deliveries.id, id));
}

/** How many deliveries are still to be worked off. */
export async function countReceived(db: Db): Promise<number> {
  return db.$count(deliveries, eq(deliveries.state, 'received'));
}

/** Lanes with deliveries to work off. */
export async function lanesWithWork(db: Db): Promise<string[]> {
  const rows = await db
    .selectDistinct({ lane: deliveries.lane })
    .from(deliveries)
    .where(eq(deliveries.state, 'received'));
  return rows.map((row) => row.lane);
}

/** Whether something about this thing has arrived and is not worked off yet. */
export async function laneHasWork(db: Db, lane: string): Promise<boolean> {
  const [row] = await db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(and(eq(deliveries.lane, lane), eq(deliveries.state, 'received')))
    .limit(1);
  return row !== undefined;
}
