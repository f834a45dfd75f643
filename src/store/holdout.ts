/** The labels that candidates are compared on, in epochs, and what each judge answered to them. */
import { and, asc, eq, gte, inArray, isNull, max, notInArray, sql } from 'drizzle-orm';
import type { JudgeInput } from '../pipeline/judge/types.ts';
import type { Db } from '../ports.ts';
import {
  evaluations,
  gateReports,
  holdoutDecisions,
  holdoutEpochs,
  issues,
  type JudgeKind,
  labels,
  type ModelState,
  modelVersions,
  snapshots,
} from '../schema/index.ts';

export type Evaluation = typeof evaluations.$inferSelect;
export type HoldoutEpoch = typeof holdoutEpochs.$inferSelect;
export type GateReport = typeof gateReports.$inferSelect;

/** A snapshot whose label nobody's sight of our choice can have touched. */
export interface UnexposedLabel {
  readonly snapshotId: string;
  readonly repositoryId: number;
  readonly issueNumber: number;
  readonly verdict: 'proposal' | 'none-acceptable' | 'not-the-choice';
  readonly proposalNumber: number | null;
}

const fields = {
  snapshotId: labels.snapshotId,
  repositoryId: issues.repositoryId,
  issueNumber: issues.number,
  verdict: labels.verdict,
  proposalNumber: labels.proposalNumber,
};

/** Labels in conflict, or for what no judge could have chosen, compare nobody. */
const isComparable = and(
  isNull(labels.supersededAt),
  eq(labels.exposed, false),
  eq(labels.conflict, false),
  eq(labels.outsideSnapshot, false),
  inArray(labels.verdict, ['proposal', 'none-acceptable']),
  isNull(snapshots.erasedAt),
);

/** Unexposed labels of issues that no epoch has used, in the order in which they were resolved. */
export async function unusedLabels(db: Db): Promise<UnexposedLabel[]> {
  const used = db
    .select({ issueId: snapshots.issueId })
    .from(holdoutDecisions)
    .innerJoin(snapshots, eq(snapshots.id, holdoutDecisions.snapshotId));
  const rows = await db
    .select(fields)
    .from(labels)
    .innerJoin(snapshots, eq(snapshots.id, labels.snapshotId))
    .innerJoin(issues, eq(issues.id, snapshots.issueId))
    .where(and(isComparable, notInArray(issues.id, used)))
    .orderBy(asc(labels.resolvedAt), asc(snapshots.takenAt), asc(labels.id));
  return firstOfEachIssue(rows);
}

/** Maintainers decide on an issue once, however often it was judged: its snapshots are not independent. */
function firstOfEachIssue(rows: readonly UnexposedLabel[]): UnexposedLabel[] {
  const first = new Map<string, UnexposedLabel>();
  for (const row of rows) {
    const issue = `${row.repositoryId}#${row.issueNumber}`;
    if (!first.has(issue)) first.set(issue, row);
  }
  return [...first.values()];
}

/** What was asked in these snapshots; erased ones are left out. */
export async function inputsOf(
  db: Db,
  snapshotIds: readonly string[],
): Promise<{ snapshotId: string; input: JudgeInput }[]> {
  return db
    .select({ snapshotId: snapshots.id, input: snapshots.input })
    .from(snapshots)
    .where(and(inArray(snapshots.id, [...snapshotIds]), isNull(snapshots.erasedAt)));
}

/** The epoch's decisions in order, less those whose label has become unfit since. */
export async function decisionsOf(
  db: Db,
  epochId: number,
): Promise<(UnexposedLabel & { input: JudgeInput })[]> {
  return db
    .select({ ...fields, input: snapshots.input })
    .from(holdoutDecisions)
    .innerJoin(labels, eq(labels.snapshotId, holdoutDecisions.snapshotId))
    .innerJoin(snapshots, eq(snapshots.id, labels.snapshotId))
    .innerJoin(issues, eq(issues.id, snapshots.issueId))
    .where(and(isComparable, eq(holdoutDecisions.epochId, epochId)))
    .orderBy(asc(holdoutDecisions.ordinal));
}

/** Snapshots taken since then that a judge has not answered yet, oldest first. */
export async function unansweredSince(
  db: Db,
  since: Date,
  model: string,
  limit: number,
): Promise<{ snapshotId: string; input: JudgeInput }[]> {
  return db
    .select({ snapshotId: snapshots.id, input: snapshots.input })
    .from(snapshots)
    .leftJoin(evaluations, and(eq(evaluations.snapshotId, snapshots.id), eq(evaluations.model, model)))
    .where(and(gte(snapshots.takenAt, since), isNull(snapshots.erasedAt), isNull(evaluations.model)))
    .orderBy(asc(snapshots.takenAt))
    .limit(limit);
}

/** Unexposed labels of snapshots taken since then, in the order of the snapshots; one an issue. */
export async function labelsSince(db: Db, since: Date): Promise<UnexposedLabel[]> {
  const rows = await db
    .select(fields)
    .from(labels)
    .innerJoin(snapshots, eq(snapshots.id, labels.snapshotId))
    .innerJoin(issues, eq(issues.id, snapshots.issueId))
    .where(and(isComparable, gte(snapshots.takenAt, since)))
    .orderBy(asc(snapshots.takenAt), asc(snapshots.id));
  return firstOfEachIssue(rows);
}

export async function openEpoch(db: Db, kind: JudgeKind): Promise<HoldoutEpoch | null> {
  const [row] = await db
    .select()
    .from(holdoutEpochs)
    .where(and(eq(holdoutEpochs.kind, kind), isNull(holdoutEpochs.closedAt)));
  return row ?? null;
}

export async function insertEpoch(
  tx: Db,
  epoch: { readonly kind: JudgeKind; readonly candidates: number; readonly openedAt: Date },
): Promise<HoldoutEpoch> {
  const [row] = await tx.insert(holdoutEpochs).values(epoch).returning();
  if (!row) throw new Error('the epoch was not stored');
  return row;
}

/** Ends the open epoch, if there is one. */
export async function closeEpoch(tx: Db, kind: JudgeKind, at: Date): Promise<void> {
  await tx
    .update(holdoutEpochs)
    .set({ closedAt: at })
    .where(and(eq(holdoutEpochs.kind, kind), isNull(holdoutEpochs.closedAt)));
}

/** Adds snapshots to the end of the epoch; one that another epoch took meanwhile is left out. */
export async function addDecisions(tx: Db, epochId: number, snapshotIds: readonly string[]): Promise<void> {
  if (snapshotIds.length === 0) return;
  const [row] = await tx
    .select({ last: max(holdoutDecisions.ordinal) })
    .from(holdoutDecisions)
    .where(eq(holdoutDecisions.epochId, epochId));
  const first = (row?.last ?? -1) + 1;
  await tx
    .insert(holdoutDecisions)
    .values(snapshotIds.map((snapshotId, index) => ({ snapshotId, epochId, ordinal: first + index })))
    .onConflictDoNothing();
}

export async function evaluationsOf(
  db: Db,
  model: string,
  snapshotIds: readonly string[],
): Promise<Map<string, Evaluation>> {
  if (snapshotIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(evaluations)
    .where(and(eq(evaluations.model, model), inArray(evaluations.snapshotId, [...snapshotIds])));
  return new Map(rows.map((row) => [row.snapshotId, row]));
}

/** A judge answers a snapshot once; a second answer changes nothing. */
export async function recordEvaluation(tx: Db, evaluation: typeof evaluations.$inferInsert): Promise<void> {
  await tx.insert(evaluations).values(evaluation).onConflictDoNothing();
}

export async function insertGateReport(tx: Db, report: typeof gateReports.$inferInsert): Promise<void> {
  await tx.insert(gateReports).values(report);
}

export interface ComparedCandidate {
  readonly name: string;
  readonly state: ModelState;
}

/** Candidates that were compared in the epoch on so many decisions or more, whatever came of it. */
export async function comparedCandidates(
  db: Db,
  epochId: number,
  decisions: number,
): Promise<ComparedCandidate[]> {
  return db
    .selectDistinct({ name: modelVersions.name, state: modelVersions.state })
    .from(gateReports)
    .innerJoin(modelVersions, eq(modelVersions.name, gateReports.candidate))
    .where(and(eq(gateReports.epochId, epochId), gte(gateReports.decisions, decisions)));
}

export async function latestGateReport(db: Db, candidate: string): Promise<GateReport | null> {
  const [row] = await db
    .select()
    .from(gateReports)
    .where(eq(gateReports.candidate, candidate))
    .orderBy(sql`${gateReports.at} desc`)
    .limit(1);
  return row ?? null;
}
