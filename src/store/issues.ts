import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { type GoneReason, issues, repositories } from '../schema/index.ts';

export type Issue = typeof issues.$inferSelect;

/** An issue with what is needed to reach it on GitHub. */
export interface LocatedIssue extends Issue {
  readonly owner: string;
  readonly repositoryName: string;
  readonly installationId: number;
  /** Set while the App cannot see the repository. */
  readonly repositoryRemovedAt: Date | null;
}

export interface IssueFacts {
  readonly id: number;
  readonly repositoryId: number;
  readonly number: number;
  readonly title: string;
  readonly authorLogin: string | null;
  readonly state: 'open' | 'closed';
  readonly locked: boolean;
  /** When GitHub said so, by its own clock; null when it is not known, which counts as now. */
  readonly toldAt: Date | null;
}

/** What was told later stays; an issue that could not be found and is spoken of again is there. */
export async function upsertIssue(db: Db, facts: IssueFacts): Promise<void> {
  const { id, toldAt, ...told } = facts;
  const isBack = and(
    eq(issues.goneReason, 'not found'),
    toldAt ? sql`coalesce(${issues.toldAt} < ${toldAt.toISOString()}, true)` : sql`true`,
  );
  const unlessBack = (column: typeof issues.goneAt | typeof issues.goneReason) =>
    sql`case when ${isBack} then null else ${column} end`;
  const rows = await db
    .insert(issues)
    .values(facts)
    .onConflictDoUpdate({
      target: issues.id,
      set: {
        ...told,
        ...(toldAt ? { toldAt } : {}),
        goneAt: unlessBack(issues.goneAt),
        goneReason: unlessBack(issues.goneReason),
        updatedAt: sql`now()`,
      },
      ...(toldAt ? { setWhere: sql`coalesce(${issues.toldAt} <= ${toldAt.toISOString()}, true)` } : {}),
    })
    .returning({ id: issues.id });
  // Whatever came, something was said about the issue: what is erased or kept goes by that.
  if (rows.length === 0) await db.update(issues).set({ updatedAt: sql`now()` }).where(eq(issues.id, id));
}

export async function getIssue(db: Db, id: number): Promise<LocatedIssue | null> {
  const [row] = await db
    .select({
      issue: issues,
      owner: repositories.owner,
      repositoryName: repositories.name,
      installationId: repositories.installationId,
      repositoryRemovedAt: repositories.removedAt,
    })
    .from(issues)
    .innerJoin(repositories, eq(issues.repositoryId, repositories.id))
    .where(eq(issues.id, id));
  if (!row) return null;
  const { issue, ...location } = row;
  return { ...issue, ...location };
}

export async function findIssue(db: Db, repositoryId: number, number: number): Promise<Issue | null> {
  const [row] = await db
    .select()
    .from(issues)
    .where(and(eq(issues.repositoryId, repositoryId), eq(issues.number, number)));
  return row ?? null;
}

export async function findIssues(db: Db, repositoryId: number, numbers: readonly number[]): Promise<Issue[]> {
  if (numbers.length === 0) return [];
  return db
    .select()
    .from(issues)
    .where(and(eq(issues.repositoryId, repositoryId), inArray(issues.number, [...numbers])));
}

export async function setIssuePaused(
  db: Db,
  id: number,
  paused: { at: Date; by: string } | null,
): Promise<void> {
  await db
    .update(issues)
    .set({ pausedAt: paused?.at ?? null, pausedBy: paused?.by ?? null, updatedAt: sql`now()` })
    .where(eq(issues.id, id));
}

export async function markIssueGone(db: Db, id: number, reason: GoneReason, at: Date): Promise<void> {
  await db.update(issues).set({ goneAt: at, goneReason: reason }).where(eq(issues.id, id));
}

export async function setIssueFlags(
  db: Db,
  id: number,
  flags: Partial<Pick<Issue, 'locked' | 'state' | 'title'>>,
): Promise<void> {
  await db
    .update(issues)
    .set({ ...flags, updatedAt: sql`now()` })
    .where(eq(issues.id, id));
}

/** What its proposals said before the App first looked was asked for, or is no longer needed. */
export async function notePastTexts(tx: Db, id: number, at: Date): Promise<void> {
  await tx.update(issues).set({ pastTextsReadAt: at }).where(eq(issues.id, id));
}

/** Serialises writers of one issue's rows; use inside a transaction. */
export async function lockIssue(tx: Db, id: number): Promise<void> {
  await tx.select({ id: issues.id }).from(issues).where(eq(issues.id, id)).for('update');
}

/** Issues of the repository that are not known to be gone. */
export async function issuesOfRepository(db: Db, repositoryId: number): Promise<number[]> {
  const rows = await db
    .select({ id: issues.id })
    .from(issues)
    .where(and(eq(issues.repositoryId, repositoryId), isNull(issues.goneAt)));
  return rows.map((row) => row.id);
}
