import { eq } from 'drizzle-orm';
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

/** The delivery, locked until the transaction ends. */
export async function lockDelivery(tx: Db, id: string): Promise<Delivery | null> {
  const [row] = await tx.select().from(deliveries).where(eq(deliveries.id, id)).for('update');
  return row ?? null;
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
