import { randomUUID } from 'node:crypto';
import { and, asc, eq, inArray, isNotNull, isNull, ne, notExists, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { commands, installations, issues, repositories, runs } from '../schema/index.ts';
import { reachable } from './reachable.ts';

export type Run = typeof runs.$inferSelect;

/** Nothing of an observed run reaches anybody: commands neither attach to it nor cancel it. */
const isVisible = ne(runs.trigger, 'observe');

/** Begins a run that nobody commanded. */
export async function insertRun(
  tx: Db,
  issueId: number,
  trigger: Exclude<Run['trigger'], 'command'>,
): Promise<void> {
  await tx.insert(runs).values({ id: randomUUID(), issueId, trigger });
}

/** What began each of the issue's runs, dry ones left out. */
export async function triggersOf(db: Db, issueId: number): Promise<Run['trigger'][]> {
  const rows = await db
    .select({ trigger: runs.trigger })
    .from(runs)
    .where(and(eq(runs.issueId, issueId), eq(runs.dryRun, false)));
  return rows.map(({ trigger }) => trigger);
}

/**
 * The issue's waiting run of this kind, to which further commands attach; created when there is none. One that is
 * being cancelled takes no more: whoever asks after a cancel wants another.
 */
export async function waitingRun(
  tx: Db,
  issueId: number,
  kind: { dryRun: boolean; addedCommentIds: readonly number[] },
): Promise<Run> {
  const [waiting] = await tx
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.issueId, issueId),
        eq(runs.state, 'waiting'),
        eq(runs.dryRun, kind.dryRun),
        isNull(runs.cancelRequestedBy),
        isVisible,
      ),
    );
  const added = [...new Set([...(waiting?.addedCommentIds ?? []), ...kind.addedCommentIds])];
  if (waiting) {
    await tx.update(runs).set({ addedCommentIds: added }).where(eq(runs.id, waiting.id));
    return { ...waiting, addedCommentIds: added };
  }
  const [created] = await tx
    .insert(runs)
    .values({ id: randomUUID(), issueId, dryRun: kind.dryRun, addedCommentIds: added })
    .returning();
  if (!created) throw new Error('insert returned no row');
  return created;
}

/** The next run of the issue to work on: one that a dead worker left running comes before a waiting one. */
export async function nextRun(db: Db, issueId: number): Promise<Run | null> {
  const [row] = await db
    .select()
    .from(runs)
    .where(and(eq(runs.issueId, issueId), inArray(runs.state, ['running', 'waiting'])))
    .orderBy(sql`case when ${runs.state} = 'running' then 0 else 1 end`, asc(runs.createdAt))
    .limit(1);
  return row ?? null;
}

export async function openRuns(db: Db, issueId: number): Promise<Run[]> {
  return db
    .select()
    .from(runs)
    .where(and(eq(runs.issueId, issueId), inArray(runs.state, ['running', 'waiting'])))
    .orderBy(asc(runs.createdAt));
}

/** Begins the run, or begins it anew after its worker died. @returns the run with its new fence. */
export async function startRun(db: Db, run: Run, at: Date): Promise<Run> {
  const [row] = await db
    .update(runs)
    .set({
      state: 'running',
      startedAt: at,
      attempts: sql`${runs.attempts} + 1`,
      fence: sql`${runs.fence} + 1`,
    })
    .where(and(eq(runs.id, run.id), inArray(runs.state, ['running', 'waiting'])))
    .returning();
  return row ?? run;
}

/**
 * Locks the run until the transaction ends.
 * @returns false when it has ended, or another worker has begun it since: whoever asks has lost it.
 */
export async function holdRun(tx: Db, run: Pick<Run, 'id' | 'fence'>): Promise<boolean> {
  const [row] = await tx
    .select({ state: runs.state, fence: runs.fence })
    .from(runs)
    .where(eq(runs.id, run.id))
    .for('update');
  return row !== undefined && row.fence === run.fence && (row.state === 'running' || row.state === 'waiting');
}

/** The attempt is not counted as a death: what failed may pass by itself. */
export async function setBackRun(db: Db, id: string, error: string): Promise<void> {
  await db
    .update(runs)
    .set({ attempts: sql`greatest(${runs.attempts} - 1, 0)`, setbacks: sql`${runs.setbacks} + 1`, error })
    .where(eq(runs.id, id));
}

export async function finishRun(
  db: Db,
  id: string,
  result: { state: 'finished' | 'cancelled' | 'failed'; error?: string; at: Date },
): Promise<void> {
  await db
    .update(runs)
    .set({
      state: result.state,
      error: result.error ?? null,
      judgeDownSince: null,
      finishedAt: result.at,
    })
    .where(eq(runs.id, id));
}

/**
 * Asks the issue's open runs to stop, but for those that a command wants which was written after the cancel.
 * @returns the ids of those that were asked.
 */
export async function requestCancel(
  db: Db,
  { issueId, commentId, ordinal, actorLogin }: typeof commands.$inferSelect,
): Promise<string[]> {
  const wantedSince = db
    .select({ id: commands.id })
    .from(commands)
    .where(
      and(
        eq(commands.runId, runs.id),
        eq(commands.state, 'attached'),
        sql`(${commands.commentId}, ${commands.ordinal}) > (${commentId}, ${ordinal})`,
      ),
    );
  const rows = await db
    .update(runs)
    .set({ cancelRequestedBy: actorLogin })
    .where(
      and(
        eq(runs.issueId, issueId),
        inArray(runs.state, ['running', 'waiting']),
        isVisible,
        notExists(wantedSince),
      ),
    )
    .returning({ id: runs.id });
  return rows.map(({ id }) => id);
}

export async function cancelRequestedBy(db: Db, id: string): Promise<string | null> {
  const [row] = await db.select({ by: runs.cancelRequestedBy }).from(runs).where(eq(runs.id, id));
  return row?.by ?? null;
}

/** Runs that the installation started since `since`, for its quota. */
export async function countRunsSince(db: Db, installationId: number, since: Date): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(runs)
    .innerJoin(issues, eq(runs.issueId, issues.id))
    .innerJoin(repositories, eq(issues.repositoryId, repositories.id))
    .where(
      and(
        eq(repositories.installationId, installationId),
        isNotNull(runs.startedAt),
        sql`${runs.startedAt} >= ${since.toISOString()}::timestamptz`,
      ),
    );
  return row?.count ?? 0;
}

/** Issues whose lane could go on now: something is open, and GitHub lets us work there. */
export async function issuesWithOpenWork(
  db: Db,
  verbs: readonly string[],
  where: { installationId?: number; repositoryId?: number } = {},
): Promise<number[]> {
  const rows = await db
    .selectDistinct({ id: issues.id })
    .from(issues)
    .innerJoin(repositories, eq(issues.repositoryId, repositories.id))
    .leftJoin(runs, and(eq(runs.issueId, issues.id), inArray(runs.state, ['running', 'waiting'])))
    .innerJoin(installations, eq(repositories.installationId, installations.id))
    .leftJoin(
      commands,
      and(eq(commands.issueId, issues.id), eq(commands.state, 'pending'), inArray(commands.verb, [...verbs])),
    )
    .where(
      and(
        sql`(${runs.id} is not null or ${commands.id} is not null)`,
        reachable(),
        where.installationId === undefined
          ? undefined
          : eq(repositories.installationId, where.installationId),
        where.repositoryId === undefined ? undefined : eq(repositories.id, where.repositoryId),
      ),
    );
  return rows.map((row) => row.id);
}

/** Keeps why the last attempt ended, for the answer when no attempt is left. */
export async function noteError(db: Db, id: string, error: string): Promise<void> {
  await db.update(runs).set({ error }).where(eq(runs.id, id));
}

/**
 * Notes that the run waits for the inference service. The attempt does not count: an outage, however long, uses
 * none of them up.
 * @returns since when it waits.
 */
export async function waitForJudge(db: Db, id: string, reason: string, at: Date): Promise<Date> {
  const [row] = await db
    .update(runs)
    .set({
      judgeDownSince: sql`coalesce(${runs.judgeDownSince}, ${at.toISOString()}::timestamptz)`,
      attempts: sql`greatest(${runs.attempts} - 1, 0)`,
      error: reason,
    })
    .where(eq(runs.id, id))
    .returning({ since: runs.judgeDownSince });
  return row?.since ?? at;
}

export interface JudgeOutage {
  /** Runs that wait for the inference service. */
  readonly runs: number;
  readonly since: Date;
  /** What the last of them was told. */
  readonly reason: string | null;
}

/** Null when no run waits for the inference service. */
export async function judgeOutage(db: Db): Promise<JudgeOutage | null> {
  const waiting = await db
    .select({ since: runs.judgeDownSince, reason: runs.error })
    .from(runs)
    .where(and(isNotNull(runs.judgeDownSince), inArray(runs.state, ['running', 'waiting'])))
    .orderBy(asc(runs.judgeDownSince));
  const since = waiting[0]?.since ?? null;
  return since === null ? null : { runs: waiting.length, since, reason: waiting.at(-1)?.reason ?? null };
}
