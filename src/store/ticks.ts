import { randomUUID } from 'node:crypto';
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { installations, issues, repositories, ticks } from '../schema/index.ts';
import { reachable } from './reachable.ts';

export type Tick = typeof ticks.$inferSelect;
export type NewTick = Pick<
  Tick,
  'issueId' | 'decisionId' | 'commentId' | 'changes' | 'actorId' | 'actorLogin' | 'tickedAt'
>;

export async function insertTick(tx: Db, tick: NewTick): Promise<void> {
  await tx.insert(ticks).values({ id: randomUUID(), ...tick });
}

/** The issue's next tick, in the order of arrival. */
export async function nextTick(db: Db, issueId: number): Promise<Tick | null> {
  const [row] = await db
    .select()
    .from(ticks)
    .where(and(eq(ticks.issueId, issueId), eq(ticks.state, 'pending')))
    .orderBy(asc(ticks.sequence))
    .limit(1);
  return row ?? null;
}

export async function finishTick(
  db: Db,
  id: string,
  result: { state: 'finished' | 'failed'; error?: string; at: Date },
): Promise<void> {
  await db
    .update(ticks)
    .set({ state: result.state, error: result.error ?? null, finishedAt: result.at })
    .where(eq(ticks.id, id));
}

/** Counts an attempt that begins. @returns how many began by now. */
export async function beginTick(db: Db, id: string): Promise<number> {
  const [row] = await db
    .update(ticks)
    .set({ attempts: sql`${ticks.attempts} + 1` })
    .where(eq(ticks.id, id))
    .returning({ attempts: ticks.attempts });
  return row?.attempts ?? 0;
}

/** The attempt does not count: it only waits for GitHub. */
export async function setBackTick(db: Db, id: string, error: string): Promise<void> {
  await db
    .update(ticks)
    .set({ attempts: sql`${ticks.attempts} - 1`, error })
    .where(eq(ticks.id, id));
}

export async function issuesWithTicks(db: Db): Promise<number[]> {
  const rows = await db
    .selectDistinct({ id: ticks.issueId })
    .from(ticks)
    .innerJoin(issues, eq(ticks.issueId, issues.id))
    .innerJoin(repositories, eq(issues.repositoryId, repositories.id))
    .innerJoin(installations, eq(repositories.installationId, installations.id))
    .where(and(eq(ticks.state, 'pending'), reachable()));
  return rows.map((row) => row.id);
}
