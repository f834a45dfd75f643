/**
 * Work that was given up, with the reason, in one list: deliveries, commands, runs that nobody commanded, ticks,
 * effects, and deliveries that never arrived. Each can be set back to where it was before its first attempt; whoever looks around wakes it.
 */
import { and, desc, eq, ne, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { commands, deliveries, effects, redeliveries, runs, ticks } from '../schema/index.ts';

export interface DeadLetter {
  readonly id: string;
  readonly kind: 'delivery' | 'missing-delivery' | 'command' | 'run' | 'tick' | 'effect';
  /** What it is about, e.g. `issue_comment.created` or the command's verb. */
  readonly what: string;
  readonly reason: string;
  readonly failedAt: Date | null;
}

/** The newest first; at most `limit` of each kind. */
export async function listDeadLetters(db: Db, limit = 100): Promise<DeadLetter[]> {
  const letters = [
    ...(await failedDeliveries(db, limit)),
    ...(await missingDeliveries(db, limit)),
    ...(await failedCommands(db, limit)),
    ...(await failedRuns(db, limit)),
    ...(await failedTicks(db, limit)),
    ...(await failedEffects(db, limit)),
  ];
  return letters.toSorted((a, b) => (b.failedAt?.getTime() ?? 0) - (a.failedAt?.getTime() ?? 0));
}

async function failedDeliveries(db: Db, limit: number): Promise<DeadLetter[]> {
  const rows = await db
    .select()
    .from(deliveries)
    .where(eq(deliveries.state, 'failed'))
    .orderBy(desc(deliveries.processedAt))
    .limit(limit);
  return rows.map((row) => ({
    id: row.id,
    kind: 'delivery',
    what: [row.event, row.action].filter(Boolean).join('.'),
    reason: row.error ?? 'unknown',
    failedAt: row.processedAt,
  }));
}

async function missingDeliveries(db: Db, limit: number): Promise<DeadLetter[]> {
  const rows = await db
    .select()
    .from(redeliveries)
    .where(eq(redeliveries.state, 'failed'))
    .orderBy(desc(redeliveries.lastAskedAt))
    .limit(limit);
  return rows.map((row) => ({
    id: row.guid,
    kind: 'missing-delivery',
    what: row.event,
    reason: row.error ?? 'unknown',
    failedAt: row.lastAskedAt,
  }));
}

async function failedCommands(db: Db, limit: number): Promise<DeadLetter[]> {
  const rows = await db
    .select()
    .from(commands)
    .where(and(eq(commands.state, 'finished'), eq(commands.outcome, 'failed')))
    .orderBy(desc(commands.finishedAt))
    .limit(limit);
  return rows.map((row) => ({
    id: row.id,
    kind: 'command',
    what: `${row.verb} by ${row.actorLogin}`,
    reason: row.outcomeDetail ?? 'unknown',
    failedAt: row.finishedAt,
  }));
}

/** A commanded run failed with its commands, which are in the list themselves. */
async function failedRuns(db: Db, limit: number): Promise<DeadLetter[]> {
  const rows = await db
    .select()
    .from(runs)
    .where(and(eq(runs.state, 'failed'), ne(runs.trigger, 'command')))
    .orderBy(desc(runs.finishedAt))
    .limit(limit);
  return rows.map((row) => ({
    id: row.id,
    kind: 'run',
    what: `run by ${row.trigger}`,
    reason: row.error ?? 'unknown',
    failedAt: row.finishedAt,
  }));
}

async function failedTicks(db: Db, limit: number): Promise<DeadLetter[]> {
  const rows = await db
    .select()
    .from(ticks)
    .where(eq(ticks.state, 'failed'))
    .orderBy(desc(ticks.finishedAt))
    .limit(limit);
  return rows.map((row) => ({
    id: row.id,
    kind: 'tick',
    what: `box ticked by ${row.actorLogin}`,
    reason: row.error ?? 'unknown',
    failedAt: row.finishedAt,
  }));
}

async function failedEffects(db: Db, limit: number): Promise<DeadLetter[]> {
  const rows = await db
    .select()
    .from(effects)
    .where(eq(effects.state, 'failed'))
    .orderBy(desc(effects.updatedAt))
    .limit(limit);
  return rows.map((row) => ({
    id: row.id,
    kind: 'effect',
    what: row.key,
    reason: row.stateReason ?? 'unknown',
    failedAt: row.updatedAt,
  }));
}

/** Sets it back to before its first attempt. @returns false when it is no longer failed. */
export async function replay(db: Db, { id, kind }: Pick<DeadLetter, 'id' | 'kind'>): Promise<boolean> {
  switch (kind) {
    case 'delivery':
      return changed(
        await db
          .update(deliveries)
          .set({ state: 'received', attempts: 0, error: null, processedAt: null })
          .where(and(eq(deliveries.id, id), eq(deliveries.state, 'failed')))
          .returning({ id: deliveries.id }),
      );
    case 'missing-delivery':
      return changed(
        await db
          .update(redeliveries)
          .set({ state: 'pending', attempts: 0, lastAskedAt: null, error: null })
          .where(and(eq(redeliveries.guid, id), eq(redeliveries.state, 'failed')))
          .returning({ id: redeliveries.guid }),
      );
    case 'command':
      return changed(
        await db
          .update(commands)
          .set({
            state: 'pending',
            outcome: null,
            outcomeDetail: null,
            finishedAt: null,
            runId: null,
            attempts: 0,
            receivedAt: sql`now()`,
          })
          .where(and(eq(commands.id, id), eq(commands.outcome, 'failed')))
          .returning({ id: commands.id }),
      );
    case 'run':
      return changed(
        await db
          .update(runs)
          .set({
            state: 'waiting',
            attempts: 0,
            setbacks: 0,
            error: null,
            createdAt: sql`now()`,
            startedAt: null,
            finishedAt: null,
          })
          .where(and(eq(runs.id, id), eq(runs.state, 'failed')))
          .returning({ id: runs.id }),
      );
    case 'tick':
      return changed(
        await db
          .update(ticks)
          .set({ state: 'pending', attempts: 0, error: null, finishedAt: null })
          .where(and(eq(ticks.id, id), eq(ticks.state, 'failed')))
          .returning({ id: ticks.id }),
      );
    case 'effect':
      return changed(
        await db
          .update(effects)
          .set({
            state: 'pending',
            attempts: 0,
            defects: 0,
            stateReason: null,
            notBefore: null,
            updatedAt: sql`now()`,
          })
          .where(and(eq(effects.id, id), eq(effects.state, 'failed')))
          .returning({ id: effects.id }),
      );
    default:
      return kind satisfies never;
  }
}

function changed(rows: readonly unknown[]): boolean {
  return rows.length > 0;
}
