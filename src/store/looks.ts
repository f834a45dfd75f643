/** What GitHub does not tell by itself, and when to look at it. */
import { and, eq, isNotNull, isNull, lte, or, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { decisions, installations, issues, repositories, signals } from '../schema/index.ts';
import { hasChangeDue } from './changes.ts';

/**
 * Issues to look at by now: a decision's reactions or the timeline are due, a quiet time is over, somebody's role wants
 * checking, or a merged change is to be read. None of an installation whose requests are used up.
 */
export async function issuesToLookAt(db: Db, now: Date): Promise<number[]> {
  const rows = await db
    .selectDistinct({ id: issues.id })
    .from(issues)
    .innerJoin(repositories, eq(issues.repositoryId, repositories.id))
    .innerJoin(installations, eq(repositories.installationId, installations.id))
    .leftJoin(decisions, and(eq(decisions.issueId, issues.id), lte(decisions.lookDueAt, now)))
    .leftJoin(
      signals,
      and(eq(signals.issueId, issues.id), isNull(signals.verifiedAt), isNull(signals.withdrawnAt)),
    )
    .where(
      and(
        eq(installations.status, 'active'),
        isNull(repositories.removedAt),
        isNull(issues.goneAt),
        or(isNull(installations.nextReadAt), sql`${installations.nextReadAt} <= clock_timestamp()`),
        or(isNotNull(decisions.id), isNotNull(signals.id), lte(issues.lookDueAt, now), hasChangeDue(db, now)),
      ),
    );
  return rows.map(({ id }) => id);
}

/** When to see whether a run that nobody commands should begin; null for never. */
export async function planLook(tx: Db, issueId: number, at: Date | null): Promise<void> {
  await tx.update(issues).set({ lookDueAt: at }).where(eq(issues.id, issueId));
}
