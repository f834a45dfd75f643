import { randomUUID } from 'node:crypto';
import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { type CommandOutcome, commands, installations, issues, repositories } from '../schema/index.ts';
import { reachable } from './reachable.ts';

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

/** Makes a pending command part of a run; one that has ended meanwhile stays as it is. */
export async function attachCommand(db: Db, id: string, runId: string): Promise<void> {
  await db
    .update(commands)
    .set({ state: 'attached', runId })
    .where(and(eq(commands.id, id), eq(commands.state, 'pending')));
}

/** Locks the command until the transaction ends. @returns false when it is no longer pending. */
export async function holdCommand(tx: Db, id: string): Promise<boolean> {
  const [row] = await tx
    .select({ state: commands.state })
    .from(commands)
    .where(eq(commands.id, id))
    .for('update');
  return row?.state === 'pending';
}

/** Counts an attempt that begins: one that kills its process is counted too. @returns how many began by now. */
export async function beginCommand(db: Db, id: string): Promise<number> {
  const [row] = await db
    .update(commands)
    .set({ attempts: sql`${commands.attempts} + 1` })
    .where(eq(commands.id, id))
    .returning({ attempts: commands.attempts });
  return row?.attempts ?? 0;
}

/** The attempt does not count: it only waits for GitHub. */
export async function setBackCommand(db: Db, id: string): Promise<void> {
  await db
    .update(commands)
    .set({ attempts: sql`greatest(${commands.attempts} - 1, 0)` })
    .where(eq(commands.id, id));
}

/** Commands with these verbs that nobody has answered, for whoever looks around. */
export async function pendingWithVerbs(db: Db, verbs: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ id: commands.id })
    .from(commands)
    .innerJoin(issues, eq(commands.issueId, issues.id))
    .innerJoin(repositories, eq(issues.repositoryId, repositories.id))
    .innerJoin(installations, eq(repositories.installationId, installations.id))
    .where(and(eq(commands.state, 'pending'), inArray(commands.verb, [...verbs]), reachable()));
  return rows.map((row) => row.id);
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

/** The commands of one comment, in the order of their lines. */
export async function commandsOfComment(db: Db, issueId: number, commentId: number): Promise<Command[]> {
  return db
    .select()
    .from(commands)
    .where(and(eq(commands.issueId, issueId), eq(commands.commentId, commentId)))
    .orderBy(asc(commands.ordinal));
}

/** Whether a command of this comment was ever taken. */
export async function isKnownComment(db: Db, commentId: number): Promise<boolean> {
  const [row] = await db
    .select({ id: commands.id })
    .from(commands)
    .where(eq(commands.commentId, commentId))
    .limit(1);
  return row !== undefined;
}
