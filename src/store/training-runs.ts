import { and, count, desc, eq, exists, gt, gte, inArray, isNotNull, isNull, max, ne, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { datasetRows, labels, type ReasonClass, trainingRuns } from '../schema/index.ts';

export type TrainingRun = typeof trainingRuns.$inferSelect;

const UNDER_WAY = ['planned', 'submitted', 'running'] as const;

/** @returns false when a run of this name is known already. */
export async function insertTrainingRun(tx: Db, run: typeof trainingRuns.$inferInsert): Promise<boolean> {
  const rows = await tx
    .insert(trainingRuns)
    .values(run)
    .onConflictDoNothing()
    .returning({ id: trainingRuns.id });
  return rows.length > 0;
}

/**
 * Plans a run while no other is under way.
 * @returns the run that is in the way, or the one of this name; null when this one was planned
 */
export async function planTrainingRun(
  db: Db,
  run: typeof trainingRuns.$inferInsert,
): Promise<TrainingRun | null> {
  return db.transaction(async (tx) => {
    // Two that are asked for at the same moment would not see each other.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('training-runs'))`);
    const known = await findTrainingRun(tx, run.name);
    const [inTheWay] = known ? [known] : await runsUnderWay(tx);
    if (inTheWay) return inTheWay;
    await insertTrainingRun(tx, run);
    return null;
  });
}

/**
 * Changes a run that has not ended.
 * @returns false when it has, meanwhile
 */
export async function updateRunUnderWay(
  tx: Db,
  id: string,
  change: Partial<
    Pick<TrainingRun, 'state' | 'reason' | 'metrics' | 'startedAt' | 'finishedAt' | 'lastSignAt'>
  >,
): Promise<boolean> {
  const rows = await tx
    .update(trainingRuns)
    .set(change)
    .where(and(eq(trainingRuns.id, id), inArray(trainingRuns.state, [...UNDER_WAY])))
    .returning({ id: trainingRuns.id });
  return rows.length > 0;
}

export function isUnderWay({ state }: Pick<TrainingRun, 'state'>): boolean {
  return UNDER_WAY.some((one) => one === state);
}

export async function findTrainingRun(db: Db, name: string): Promise<TrainingRun | null> {
  const [row] = await db.select().from(trainingRuns).where(eq(trainingRuns.name, name));
  return row ?? null;
}

/** Newest first. */
export async function listTrainingRuns(db: Db, limit = 50): Promise<TrainingRun[]> {
  return db.select().from(trainingRuns).orderBy(desc(trainingRuns.createdAt)).limit(limit);
}

/** Newest first, in whatever state. */
export async function listDapoRuns(db: Db): Promise<TrainingRun[]> {
  return db
    .select()
    .from(trainingRuns)
    .where(eq(trainingRuns.stage, 'dapo'))
    .orderBy(desc(trainingRuns.createdAt));
}

/** What a control plane that died has to find again. */
export async function runsUnderWay(db: Db): Promise<TrainingRun[]> {
  return db
    .select()
    .from(trainingRuns)
    .where(inArray(trainingRuns.state, [...UNDER_WAY]));
}

/** Runs that were given rows which were erased since, and whose files may still hold their text. */
export async function runsWithErasedText(db: Db): Promise<TrainingRun[]> {
  const erased = db
    .select({ one: sql`1` })
    .from(datasetRows)
    .where(
      and(
        eq(datasetRows.versionId, trainingRuns.datasetVersionId),
        eq(datasetRows.split, 'train'),
        isNotNull(datasetRows.erasedAt),
      ),
    );
  return db
    .select()
    .from(trainingRuns)
    .where(and(isNotNull(trainingRuns.plan), isNull(trainingRuns.textsErasedAt), exists(erased)))
    .orderBy(trainingRuns.createdAt);
}

export async function setTextsErased(db: Db, id: string, at: Date): Promise<void> {
  await db.update(trainingRuns).set({ textsErasedAt: at }).where(eq(trainingRuns.id, id));
}

export async function countRunsSince(
  db: Db,
  since: Date,
  requestedBy: TrainingRun['requestedBy'],
): Promise<number> {
  const [row] = await db
    .select({ runs: count() })
    .from(trainingRuns)
    .where(and(gte(trainingRuns.createdAt, since), eq(trainingRuns.requestedBy, requestedBy)));
  return row?.runs ?? 0;
}

/** When the last run began that was not cancelled; null before the first. */
export async function lastRunAt(db: Db): Promise<Date | null> {
  const [row] = await db
    .select({ at: max(trainingRuns.createdAt) })
    .from(trainingRuns)
    .where(ne(trainingRuns.state, 'cancelled'));
  return row?.at ?? null;
}

/** Labels that hold now and teach, all of them and those resolved since then. */
export async function countLabels(
  db: Db,
  reasonClasses: readonly ReasonClass[],
  since: Date | null,
): Promise<{ all: number; since: number }> {
  const teaches = and(isNull(labels.supersededAt), inArray(labels.reasonClass, [...reasonClasses]));
  const all = await db.$count(labels, teaches);
  const fresh = since === null ? all : await db.$count(labels, and(teaches, gt(labels.resolvedAt, since)));
  return { all, since: fresh };
}
