/** Versions and their rows. Nothing here changes a row once its version is ready; erasure does (store/erasures). */
import {
  and,
  asc,
  count,
  countDistinct,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  max,
  notExists,
  sql,
} from 'drizzle-orm';
import type { Db } from '../ports.ts';
import {
  contaminationMarks,
  type DatasetManifest,
  datasetRows,
  datasetVersions,
  issues,
  type Split,
  snapshots,
  type TargetKind,
} from '../schema/index.ts';

export type DatasetRow = typeof datasetRows.$inferSelect;
export type NewDatasetRow = Omit<typeof datasetRows.$inferInsert, 'versionId'>;

/** What stays of an erased row: its hash. */
export const NO_TEXT = { messages: null, answer: null, rejected: null, columns: null } as const;

/** A version that is ready. */
export interface DatasetVersion {
  readonly id: string;
  readonly number: number;
  readonly builtAt: Date;
  readonly manifest: DatasetManifest;
  readonly card: string;
}

export async function startVersion(db: Db, id: string, at: Date): Promise<void> {
  await db.insert(datasetVersions).values({ id, startedAt: at });
}

export async function insertRows(db: Db, versionId: string, rows: readonly NewDatasetRow[]): Promise<void> {
  if (rows.length > 0) await db.insert(datasetRows).values(rows.map((row) => ({ ...row, versionId })));
}

/** Gives the version its number and what belongs to it; from then on only erasure touches it. */
export async function finishVersion(
  db: Db,
  id: string,
  at: Date,
  describe: (number: number) => { manifest: DatasetManifest; card: string },
): Promise<number> {
  return db.transaction(async (tx) => {
    // Two builds that end at once must not take the same number.
    await tx.execute(sql`lock table ${datasetVersions} in share row exclusive mode`);
    await eraseRowsOfErasedSnapshots(tx, id, at);
    const [row] = await tx.select({ last: max(datasetVersions.number) }).from(datasetVersions);
    const number = (row?.last ?? 0) + 1;
    await tx
      .update(datasetVersions)
      .set({ number, builtAt: at, ...describe(number) })
      .where(eq(datasetVersions.id, id));
    return number;
  });
}

/** What was erased while the version was being built must not come back with it. */
async function eraseRowsOfErasedSnapshots(tx: Db, versionId: string, at: Date): Promise<void> {
  const erased = tx.select({ id: snapshots.id }).from(snapshots).where(isNotNull(snapshots.erasedAt));
  await tx
    .update(datasetRows)
    .set({ ...NO_TEXT, erasedAt: at })
    .where(and(eq(datasetRows.versionId, versionId), inArray(datasetRows.snapshotId, erased)));
}

/** Rows go with their version. */
export async function discardVersion(db: Db, id: string): Promise<void> {
  await db.delete(datasetVersions).where(and(eq(datasetVersions.id, id), isNull(datasetVersions.number)));
}

/** Builds that began before `before` and never ended. */
export async function discardUnfinished(db: Db, before: Date): Promise<void> {
  await db
    .delete(datasetVersions)
    .where(and(isNull(datasetVersions.number), sql`${datasetVersions.startedAt} < ${before.toISOString()}`));
}

/** Oldest first. */
export async function listVersions(db: Db): Promise<DatasetVersion[]> {
  const rows = await db
    .select()
    .from(datasetVersions)
    .where(isNotNull(datasetVersions.number))
    .orderBy(asc(datasetVersions.number));
  return rows.flatMap((row) => toVersion(row) ?? []);
}

export async function findVersion(db: Db, number: number): Promise<DatasetVersion | null> {
  const [row] = await db.select().from(datasetVersions).where(eq(datasetVersions.number, number));
  return row ? toVersion(row) : null;
}

export async function latestVersion(db: Db): Promise<DatasetVersion | null> {
  const [row] = await db
    .select()
    .from(datasetVersions)
    .where(isNotNull(datasetVersions.number))
    .orderBy(desc(datasetVersions.number))
    .limit(1);
  return row ? toVersion(row) : null;
}

function toVersion(row: typeof datasetVersions.$inferSelect): DatasetVersion | null {
  const { id, number, builtAt, manifest, card } = row;
  if (number === null || builtAt === null || manifest === null || card === null) return null;
  return { id, number, builtAt, manifest, card };
}

export async function findRow(db: Db, versionId: string, rowId: string): Promise<DatasetRow | null> {
  const [row] = await db
    .select()
    .from(datasetRows)
    .where(and(eq(datasetRows.versionId, versionId), eq(datasetRows.rowId, rowId)));
  return row ?? null;
}

/** The next rows behind `after` (an ordinal) with their issues, in order. */
export async function rowsPage(db: Db, versionId: string, after: number, size: number) {
  return db
    .select({ row: datasetRows, issue: { repositoryId: issues.repositoryId, number: issues.number } })
    .from(datasetRows)
    .innerJoin(snapshots, eq(datasetRows.snapshotId, snapshots.id))
    .innerJoin(issues, eq(snapshots.issueId, issues.id))
    .where(and(eq(datasetRows.versionId, versionId), gt(datasetRows.ordinal, after)))
    .orderBy(asc(datasetRows.ordinal))
    .limit(size);
}

/** The exported line of a row: its parts put together, nothing computed. No row without its text has one. */
const LINES = {
  sft: (number: number) =>
    sql<string>`'{"messages":' || left(${datasetRows.messages}, -1) || ',{"role":"assistant","content":' || ${datasetRows.answer} || '}],' || ${datasetRows.columns} || ',"dataset_version":' || ${number}::int || '}'`,
  grpo: (number: number) =>
    sql<string>`'{"messages":' || ${datasetRows.messages} || ',' || ${datasetRows.columns} || ',"dataset_version":' || ${number}::int || '}'`,
  dpo: (number: number) =>
    sql<string>`'{"messages":' || left(${datasetRows.messages}, -1) || ',{"role":"assistant","content":' || ${datasetRows.answer} || '}],"rejected_response":' || ${datasetRows.rejected} || ',' || ${datasetRows.columns} || ',"dataset_version":' || ${number}::int || '}'`,
} as const;

export interface ExportSelection {
  readonly format: keyof typeof LINES;
  readonly split: Split;
  /** Kinds of answers to take; null takes all. */
  readonly targets: readonly TargetKind[] | null;
  /** Ids of repositories whose rows stay here. */
  readonly without: readonly number[];
}

/** Ordinals, `to` excluded. */
export interface OrdinalRange {
  readonly from: number;
  readonly to: number;
}

/** The query behind `exportPage`. */
export function exportQuery(
  db: Db,
  version: Pick<DatasetVersion, 'id' | 'number'>,
  { format, split, targets, without }: ExportSelection,
  { from, to }: OrdinalRange,
) {
  return db
    .select({ line: LINES[format](version.number) })
    .from(datasetRows)
    .where(
      and(
        eq(datasetRows.versionId, version.id),
        eq(datasetRows.split, split),
        isNull(datasetRows.erasedAt),
        format === 'dpo' ? isNotNull(datasetRows.rejected) : undefined,
        targets === null ? undefined : inArray(datasetRows.targetKind, [...targets]),
        isOfNone(db, without),
        gte(datasetRows.ordinal, from),
        lt(datasetRows.ordinal, to),
      ),
    )
    .orderBy(asc(datasetRows.ordinal));
}

/** Rows of other repositories than these. */
export function isOfNone(db: Db, repositoryIds: readonly number[]) {
  if (repositoryIds.length === 0) return undefined;
  const theirs = db
    .select({ one: sql`1` })
    .from(snapshots)
    .innerJoin(issues, eq(snapshots.issueId, issues.id))
    .where(and(eq(snapshots.id, datasetRows.snapshotId), inArray(issues.repositoryId, [...repositoryIds])));
  return notExists(theirs);
}

/** The selection's lines in a range, in order. Erased rows have none. */
export async function exportPage(...args: Parameters<typeof exportQuery>): Promise<string[]> {
  return (await exportQuery(...args)).map(({ line }) => line);
}

/** One more than the version's last ordinal. */
export async function endOfRows(db: Db, versionId: string): Promise<number> {
  const [row] = await db
    .select({ last: max(datasetRows.ordinal) })
    .from(datasetRows)
    .where(eq(datasetRows.versionId, versionId));
  return (row?.last ?? -1) + 1;
}

/** Ids and hashes of all rows, in order of id: what two versions are compared by. */
export async function rowHashes(db: Db, versionId: string): Promise<{ rowId: string; hash: string }[]> {
  return db
    .select({ rowId: datasetRows.rowId, hash: datasetRows.hash })
    .from(datasetRows)
    .where(eq(datasetRows.versionId, versionId))
    .orderBy(asc(datasetRows.rowId));
}

/** Which rows of the part that trains are learned from. */
export interface TaughtRows {
  readonly reasonClasses: readonly string[];
  /** Ids of repositories whose rows are not. */
  readonly without: readonly number[];
}

/** How many rows of the part that trains have each answer, by the id that is shown; `null` is "none acceptable". */
export async function countAnswers(
  db: Db,
  versionId: string,
  taught: TaughtRows,
): Promise<Map<string, number>> {
  const answer = sql<string>`('{' || ${datasetRows.columns} || '}')::json ->> 'best_proposal_id'`;
  const rows = await db
    .select({ answer, rows: count() })
    .from(datasetRows)
    .where(isTrainedOn(db, versionId, taught))
    .groupBy(answer);
  return new Map(rows.map(({ answer: id, rows: number }) => [id ?? 'null', number]));
}

/** How many threads the answers are of: a thread counts once, however many orders it is shown in. */
export async function countThreads(db: Db, versionId: string, taught: TaughtRows): Promise<number> {
  const [row] = await db
    .select({ threads: countDistinct(datasetRows.snapshotId) })
    .from(datasetRows)
    .where(isTrainedOn(db, versionId, taught));
  return row?.threads ?? 0;
}

function isTrainedOn(db: Db, versionId: string, { reasonClasses, without }: TaughtRows) {
  return and(
    eq(datasetRows.versionId, versionId),
    eq(datasetRows.split, 'train' satisfies Split),
    inArray(datasetRows.reasonClass, [...reasonClasses]),
    isNull(datasetRows.erasedAt),
    isOfNone(db, without),
  );
}

/** By its own id, not by its number. */
export async function getVersion(db: Db, id: string): Promise<DatasetVersion | null> {
  const [row] = await db.select().from(datasetVersions).where(eq(datasetVersions.id, id));
  return row ? toVersion(row) : null;
}

export async function countErasedRows(db: Db, versionId: string): Promise<number> {
  return db.$count(datasetRows, and(eq(datasetRows.versionId, versionId), isNotNull(datasetRows.erasedAt)));
}

/** Ids of the snapshots that any version trained on. */
export async function trainedSnapshots(db: Db): Promise<Set<string>> {
  const rows = await db
    .selectDistinct({ id: datasetRows.snapshotId })
    .from(datasetRows)
    .innerJoin(datasetVersions, eq(datasetRows.versionId, datasetVersions.id))
    .where(and(eq(datasetRows.split, 'train' satisfies Split), isNotNull(datasetVersions.number)));
  return new Set(rows.map(({ id }) => id));
}

export async function markContamination(db: Db, mark: typeof contaminationMarks.$inferInsert): Promise<void> {
  await db.insert(contaminationMarks).values(mark).onConflictDoNothing();
}
