import { randomUUID } from 'node:crypto';
import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { labels, signals } from '../schema/index.ts';

export type Signal = typeof signals.$inferSelect;
export type NewSignal = Omit<typeof signals.$inferInsert, 'id'>;
export type Label = typeof labels.$inferSelect;
export type NewLabel = Omit<typeof labels.$inferInsert, 'id' | 'supersededAt'>;

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

/** The snapshot's label as it is now; earlier ones stay as history. */
export async function currentLabel(db: Db, snapshotId: string): Promise<Label | null> {
  const [row] = await db
    .select()
    .from(labels)
    .where(and(eq(labels.snapshotId, snapshotId), isNull(labels.supersededAt)));
  return row ?? null;
}

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
