import { randomUUID } from 'node:crypto';
import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { signals } from '../schema/index.ts';

export type Signal = typeof signals.$inferSelect;
export type NewSignal = Omit<typeof signals.$inferInsert, 'id'>;

/** Records the signal once per key; a withdrawn one that is given again counts again. */
export async function recordSignal(tx: Db, signal: NewSignal): Promise<void> {
  await tx
    .insert(signals)
    .values({ id: randomUUID(), ...signal })
    .onConflictDoUpdate({
      target: signals.key,
      set: { withdrawnAt: null, createdAt: signal.createdAt, actorLogin: signal.actorLogin },
      setWhere: eq(signals.source, 'checkbox'),
    });
}

export async function withdrawSignal(tx: Db, key: string, at: Date): Promise<void> {
  await tx
    .update(signals)
    .set({ withdrawnAt: at })
    .where(and(eq(signals.key, key), isNull(signals.withdrawnAt)));
}

export async function signalsOfSnapshot(db: Db, snapshotId: string): Promise<Signal[]> {
  return db.select().from(signals).where(eq(signals.snapshotId, snapshotId)).orderBy(asc(signals.createdAt));
}
