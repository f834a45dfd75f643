/** Labelled decisions in pages: an export reads them in the order of their ids and holds one page at a time. */
import { and, asc, desc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import {
  decisions,
  issues,
  labels,
  proposals,
  repositories,
  signals,
  snapshots,
  votes,
} from '../schema/index.ts';

export interface LabelledRecord {
  readonly decision: typeof decisions.$inferSelect;
  readonly snapshot: typeof snapshots.$inferSelect;
  readonly label: typeof labels.$inferSelect;
  readonly repository: typeof repositories.$inferSelect;
  /** Numbers of proposals whose comment is deleted or hidden by now. */
  readonly droppedNumbers: readonly number[];
  readonly reason: string | null;
  readonly thinking: string | null;
}

/** The next page after `afterId` (a label's id); an empty page ends the export. */
export async function labelledPage(db: Db, afterId: string | null, size: number): Promise<LabelledRecord[]> {
  const page = await db
    .select({ decision: decisions, snapshot: snapshots, label: labels, repository: repositories })
    .from(labels)
    .innerJoin(snapshots, eq(labels.snapshotId, snapshots.id))
    .innerJoin(decisions, eq(decisions.snapshotId, snapshots.id))
    .innerJoin(issues, eq(snapshots.issueId, issues.id))
    .innerJoin(repositories, eq(issues.repositoryId, repositories.id))
    .where(
      and(
        isNull(labels.supersededAt),
        isNull(snapshots.erasedAt),
        afterId === null ? undefined : gt(labels.id, afterId),
      ),
    )
    .orderBy(asc(labels.id))
    .limit(size);
  if (page.length === 0) return [];
  const [dropped, reasons, thoughts] = await Promise.all([
    droppedNumbers(
      db,
      page.map((row) => row.snapshot.issueId),
    ),
    latestReasons(
      db,
      page.map((row) => row.snapshot.id),
    ),
    winningThoughts(
      db,
      page.map((row) => row.decision.id),
    ),
  ]);
  return page.map((row) => ({
    ...row,
    droppedNumbers: dropped.get(row.snapshot.issueId) ?? [],
    reason: reasons.get(row.snapshot.id) ?? null,
    thinking: thoughts.get(row.decision.id) ?? null,
  }));
}

async function droppedNumbers(db: Db, issueIds: number[]): Promise<Map<number, number[]>> {
  const rows = await db
    .select({ issueId: proposals.issueId, number: proposals.number })
    .from(proposals)
    .where(and(inArray(proposals.issueId, issueIds), sql`${proposals.droppedAt} is not null`));
  const byIssue = new Map<number, number[]>();
  for (const row of rows) byIssue.set(row.issueId, [...(byIssue.get(row.issueId) ?? []), row.number]);
  return byIssue;
}

async function latestReasons(db: Db, snapshotIds: string[]): Promise<Map<string, string>> {
  const rows = await db
    .select({ snapshotId: signals.snapshotId, reason: signals.reason })
    .from(signals)
    .where(and(inArray(signals.snapshotId, snapshotIds), isNull(signals.withdrawnAt)))
    .orderBy(asc(signals.createdAt));
  const latest = new Map<string, string>();
  for (const { snapshotId, reason } of rows) if (snapshotId && reason) latest.set(snapshotId, reason);
  return latest;
}

async function winningThoughts(db: Db, decisionIds: string[]): Promise<Map<string, string>> {
  const rows = await db
    .select({ decisionId: votes.decisionId, thinking: votes.thinking })
    .from(votes)
    .innerJoin(decisions, and(eq(votes.decisionId, decisions.id), eq(votes.chosen, decisions.chosen)))
    .where(inArray(votes.decisionId, decisionIds))
    .orderBy(desc(votes.ordinal));
  return new Map(rows.flatMap((row) => (row.thinking ? [[row.decisionId, row.thinking]] : [])));
}
