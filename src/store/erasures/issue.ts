/** What else an issue has: comments of ours, errors that quote, its title, names of merged changes. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '../../ports.ts';
import { deliveries, effects, issues, mergedChanges, runs } from '../../schema/index.ts';
import { isBehind } from '../changes.ts';
import { mark } from './mark.ts';

export type CommentEffect = typeof effects.$inferSelect;

/** Comments of ours on the issue, those that were never posted included. */
export async function ownComments(tx: Db, issueId: number): Promise<CommentEffect[]> {
  return tx
    .select()
    .from(effects)
    .where(and(eq(effects.issueId, issueId), eq(effects.kind, 'comment')));
}

/** What a comment of ours is to say instead. */
export async function overwriteComment(
  tx: Db,
  effectId: string,
  change: Pick<CommentEffect, 'desiredBody'> & Partial<Pick<CommentEffect, 'desiredHash' | 'state'>>,
): Promise<void> {
  await tx.update(effects).set(change).where(eq(effects.id, effectId));
}

/** The text that GitHub was last seen to show, and errors that may quote it. */
export async function eraseAppliedBody(tx: Db, effectId: string): Promise<void> {
  await tx.update(effects).set({ appliedBody: null, lastError: null }).where(eq(effects.id, effectId));
}

/** Names in the changes that pull requests merged for the issue. */
export async function eraseChanges(tx: Db, issueId: number, at: Date): Promise<number> {
  const rows = await tx
    .update(mergedChanges)
    .set({ names: null, dueAt: null, erasedAt: at })
    .where(and(isNull(mergedChanges.erasedAt), isBehind(tx, issueId)))
    .returning({ pull: mergedChanges.pullNumber });
  return rows.length;
}

/** Messages of errors quote what was being written; jobs that failed keep them too. */
export async function eraseErrors(tx: Db, issueId: number): Promise<void> {
  await tx.update(runs).set({ error: null }).where(eq(runs.issueId, issueId));
  await tx
    .update(deliveries)
    .set({ error: null })
    .where(eq(deliveries.lane, `issue:${issueId}`));
  await tx.execute(
    sql`update pgboss.job set output = null where output is not null and (data->>'lane' = ${`issue:${issueId}`} or data->>'issueId' = ${String(issueId)})`,
  );
}

/** The issue's own text where it does not stand in a snapshot. */
export async function eraseIssueTitle(tx: Db, issueId: number): Promise<void> {
  await tx
    .update(issues)
    .set({ title: mark(issues.title) })
    .where(eq(issues.id, issueId));
}
