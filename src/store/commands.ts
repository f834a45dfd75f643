import { randomUUID } from 'node:crypto';
import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { type CommandOutcome, commands } from '../schema/index.ts';

export type Command = typeof commands.$inferSelect;
export type NewCommand = Omit<
  typeof commands.$inferInsert,
  'id' | 'state' | 'outcome' | 'outcomeDetail' | 'runId' | 'finishedAt'
>;

/** @returns the new row's id, null when this command of this comment is known already. */
export async function insertCommand(db: Db, command: NewCommand): Promise<string | null> {
  const [row] = await db
    .insert(commands)
    .values({ ...command, id: randomUUID() })
    .onConflictDoNothing()
    .returning({ id: commands.id });
  return row?.id ?? null;
}

export async function getCommand(db: Db, id: string): Promise<Command | null> {
  const [row] = await db.select().from(commands).where(eq(commands.id, id));
  return row ?? null;
}

/** Commands that the issue's lane still has to work off, in the order of their comments. */
export async function pendingCommands(db: Db, issueId: number, verbs: readonly string[]): Promise<Command[]> {
  return db
    .select()
    .from(commands)
    .where(
      and(eq(commands.issueId, issueId), eq(commands.state, 'pending'), inArray(commands.verb, [...verbs])),
    )
    .orderBy(asc(commands.commentId), asc(commands.ordinal));
}

export async function unfinishedCommands(db: Db, issueId: number): Promise<Command[]> {
  return db
    .select()
    .from(commands)
    .where(and(eq(commands.issueId, issueId), ne(commands.state, 'finished')))
    .orderBy(asc(commands.commentId), asc(commands.ordinal));
}

export async function attachCommand(db: Db, id: string, runId: string): Promise<void> {
  await db.update(commands).set({ state: 'attached', runId }).where(eq(commands.id, id));
}

export async function commandsOfRun(db: Db, runId: string): Promise<Command[]> {
  return db
    .select()
    .from(commands)
    .where(and(eq(commands.runId, runId), eq(commands.state, 'attached')))
    .orderBy(asc(commands.commentId), asc(commands.ordinal));
}

/** Gives the command its one stated outcome; a finished command is never finished again. */
export async function finishCommand(
  db: Db,
  id: string,
  result: { outcome: CommandOutcome; detail?: string | null; at: Date },
): Promise<boolean> {
  const rows = await db
    .update(commands)
    .set({
      state: 'finished',
      outcome: result.outcome,
      outcomeDetail: result.detail ?? null,
      finishedAt: result.at,
    })
    .where(and(eq(commands.id, id), ne(commands.state, 'finished')))
    .returning({ id: commands.id });
  return rows.length > 0;
}

/** How many of the issue's commands with these outcomes or verbs were answered since `since`. */
export async function countFinished(
  db: Db,
  issueId: number,
  match: { verbs?: readonly string[]; outcomes?: readonly CommandOutcome[]; since: Date },
): Promise<number> {
  const anyOf = [
    match.verbs ? inArray(commands.verb, [...match.verbs]) : undefined,
    match.outcomes ? inArray(commands.outcome, [...match.outcomes]) : undefined,
  ].filter((condition) => condition !== undefined);
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(commands)
    .where(
      and(
        eq(commands.issueId, issueId),
        eq(commands.state, 'finished'),
        sql`${commands.finishedAt} >= ${match.since.toISOString()}::timestamptz`,
        sql`(${sql.join(anyOf, sql` or `)})`,
      ),
    );
  return row?.count ?? 0;
}

/** Every command of the issue, in the order of their comments. */
export async function listCommands(db: Db, issueId: number): Promise<Command[]> {
  return db
    .select()
    .from(commands)
    .where(eq(commands.issueId, issueId))
    .orderBy(asc(commands.commentId), asc(commands.ordinal));
}
