import { eq, ne, sql } from 'drizzle-orm';
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
/** @param consent null leaves it to the operator's default. @returns false when there is no such installation. */
export async function setTrainingConsent(db: Db, id: number, consent: boolean | null): Promise<boolean> {
  const rows = await db
    .update(installations)
    .set({ trainingConsent: consent, updatedAt: sql`now()` })
    .where(eq(installations.id, id))
    .returning({ id: installations.id });
  return rows.length > 0;
}

/** Those that GitHub has told us of. */
export async function listInstallations(db: Db): Promise<Installation[]> {
  return db.select().from(installations).where(ne(installations.status, 'absent'));
}
