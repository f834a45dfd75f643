import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { distilledAnswers, snapshots } from '../schema/index.ts';

export type NewDistilledAnswer = Omit<typeof distilledAnswers.$inferInsert, 'id' | 'erasedAt'>;

/** Stores the answers to one snapshot, unless it was erased while they were sampled. @returns whether it did. */
export async function insertDistilledAnswers(
  db: Db,
  snapshotId: string,
  answers: readonly NewDistilledAnswer[],
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [snapshot] = await tx
      .select({ erasedAt: snapshots.erasedAt })
      .from(snapshots)
      .where(eq(snapshots.id, snapshotId))
      .for('share');
    if (!snapshot || snapshot.erasedAt !== null || answers.length === 0) return false;
    await tx.insert(distilledAnswers).values(answers.map((answer) => ({ id: randomUUID(), ...answer })));
    return true;
  });
}
