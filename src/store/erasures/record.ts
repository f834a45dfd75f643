/** The record of what was erased, and on whose behalf. */
import { createHash, randomUUID } from 'node:crypto';
import { and, eq, inArray } from 'drizzle-orm';
import type { Db } from '../../ports.ts';
import { erasures } from '../../schema/index.ts';

export type ErasureReason = (typeof erasures.$inferInsert)['reason'];

/** A user as the record of erasures names them. */
export function userHash(login: string): string {
  return createHash('sha256').update(`user/${login.toLowerCase()}`).digest('hex');
}

export async function recordErasure(
  tx: Db,
  erasure: Omit<typeof erasures.$inferInsert, 'id'>,
): Promise<void> {
  await tx.insert(erasures).values({ id: randomUUID(), ...erasure });
}

/** Hashes of the users who asked to be forgotten. */
export async function forgottenUsers(db: Db): Promise<Set<string>> {
  const rows = await db
    .selectDistinct({ subject: erasures.subject })
    .from(erasures)
    .where(and(eq(erasures.scope, 'user'), eq(erasures.reason, 'asked')));
  return new Set(rows.map(({ subject }) => subject));
}

/** Those of the comments whose text was erased. */
export async function erasedComments(db: Db, commentIds: readonly number[]): Promise<Set<number>> {
  if (commentIds.length === 0) return new Set();
  const rows = await db
    .selectDistinct({ subject: erasures.subject })
    .from(erasures)
    .where(and(eq(erasures.scope, 'comment'), inArray(erasures.subject, commentIds.map(String))));
  return new Set(rows.map(({ subject }) => Number(subject)));
}

/** Whether GitHub said that the issue was deleted, and its texts went with it. */
export async function isIssueDeleted(db: Db, issueId: number): Promise<boolean> {
  const [row] = await db
    .select({ id: erasures.id })
    .from(erasures)
    .where(
      and(eq(erasures.scope, 'issue'), eq(erasures.subject, String(issueId)), eq(erasures.reason, 'deleted')),
    )
    .limit(1);
  return row !== undefined;
}
