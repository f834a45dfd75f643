import { eq, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { installations } from '../schema/index.ts';

export type Installation = typeof installations.$inferSelect;

export interface InstallationFacts {
  readonly id: number;
  readonly accountId?: number | null;
  readonly accountLogin?: string | null;
}

/** Makes sure that the installation has a row; its status is left as it is. */
export async function ensureInstallation(db: Db, facts: InstallationFacts): Promise<void> {
  const account = {
    ...(facts.accountId == null ? {} : { accountId: facts.accountId }),
    ...(facts.accountLogin == null ? {} : { accountLogin: facts.accountLogin }),
  };
  const insert = db.insert(installations).values({ id: facts.id, ...account });
  if (Object.keys(account).length === 0) await insert.onConflictDoNothing();
  else {
    await insert.onConflictDoUpdate({
      target: installations.id,
      set: { ...account, updatedAt: sql`now()` },
    });
  }
}

export async function setInstallationStatus(
  db: Db,
  id: number,
  status: Installation['status'],
): Promise<void> {
  await db.update(installations).set({ status, updatedAt: sql`now()` }).where(eq(installations.id, id));
}

export async function getInstallation(db: Db, id: number): Promise<Installation | null> {
  const [row] = await db.select().from(installations).where(eq(installations.id, id));
  return row ?? null;
}

/**
 * Takes the installation's next write slot if it is free: `next_write_at` then lies `spacingMs` ahead.
 * The row lock makes this safe across processes.
 * @returns null when the slot is taken now, otherwise the time at which to try again.
 */
export async function takeWriteSlot(db: Db, id: number, now: Date, spacingMs: number): Promise<Date | null> {
  return db.transaction(async (tx) => {
    const [row] = await tx
      .select({ nextWriteAt: installations.nextWriteAt })
      .from(installations)
      .where(eq(installations.id, id))
      .for('update');
    if (row?.nextWriteAt && row.nextWriteAt > now) return row.nextWriteAt;
    await tx
      .update(installations)
      .set({ nextWriteAt: new Date(now.getTime() + spacingMs) })
      .where(eq(installations.id, id));
    return null;
  });
}

/** No write of the installation before `until`; an earlier time never shortens a longer wait. */
export async function postponeWrites(db: Db, id: number, until: Date): Promise<void> {
  await db
    .update(installations)
    .set({
      nextWriteAt: sql`greatest(coalesce(${installations.nextWriteAt}, '-infinity'), ${until.toISOString()}::timestamptz)`,
    })
    .where(eq(installations.id, id));
}

/** @param consent null leaves it to the operator's default. @returns false when there is no such installation. */
export async function setTrainingConsent(db: Db, id: number, consent: boolean | null): Promise<boolean> {
  const rows = await db
    .update(installations)
    .set({ trainingConsent: consent, updatedAt: sql`now()` })
    .where(eq(installations.id, id))
    .returning({ id: installations.id });
  return rows.length > 0;
}
