import { randomUUID } from 'node:crypto';
import { and, asc, desc, eq, isNotNull, isNull, like, lt, lte, sql } from 'drizzle-orm';
import type { Verdict, Vote } from '../pipeline/judge/types.ts';
import type { Db } from '../ports.ts';
import { decisions, effects, votes } from '../schema/index.ts';

export type Decision = typeof decisions.$inferSelect;
export type VoteRow = typeof votes.$inferSelect;

/** Stores the verdict with every vote behind it. @returns the decision's id. */
export async function insertDecision(
  tx: Db,
  made: { runId: string; issueId: number; snapshotId: string; verdict: Verdict; silent?: boolean; at: Date },
): Promise<string> {
  const { votes: cast, ...verdict } = made.verdict;
  const id = randomUUID();
  await tx.insert(decisions).values({
    id,
    runId: made.runId,
    issueId: made.issueId,
    snapshotId: made.snapshotId,
    decidedAt: made.at,
    silent: made.silent ?? false,
    ...verdict,
    assessments: [...verdict.assessments],
    ideas: [...verdict.ideas],
  });
  if (cast.length > 0) await tx.insert(votes).values(cast.map((vote, ordinal) => voteRow(id, ordinal, vote)));
  return id;
}

function voteRow(decisionId: string, ordinal: number, vote: Vote): typeof votes.$inferInsert {
  const { order, cuts = [], ...rest } = vote;
  return { id: randomUUID(), decisionId, ordinal, shownOrder: [...order], cuts: [...cuts], ...rest };
}

export async function getDecision(db: Db, id: string): Promise<Decision | null> {
  const [row] = await db.select().from(decisions).where(eq(decisions.id, id));
  return row ?? null;
}

/** Decisions whose id begins with `prefix`, at most `limit`. */
export async function findDecisions(db: Db, prefix: string, limit: number): Promise<Decision[]> {
  return db
    .select()
    .from(decisions)
    .where(like(sql`${decisions.id}::text`, `${prefix}%`))
    .orderBy(asc(decisions.decidedAt))
    .limit(limit);
}

export async function votesOf(db: Db, decisionId: string): Promise<VoteRow[]> {
  return db.select().from(votes).where(eq(votes.decisionId, decisionId)).orderBy(asc(votes.ordinal));
}

/** The newest decision that stood on GitHub at that time: feedback belongs to what its author could see. */
export async function decisionPostedBy(db: Db, issueId: number, at: Date): Promise<Decision | null> {
  const [row] = await db
    .select()
    .from(decisions)
    .where(and(eq(decisions.issueId, issueId), isNotNull(decisions.postedAt), lte(decisions.postedAt, at)))
    .orderBy(desc(decisions.decidedAt))
    .limit(1);
  return row ?? null;
}

/** Whether GitHub may show a decision of the issue that is not on record as posted: its comment is being written. */
export async function isDecisionBeingPosted(db: Db, issueId: number): Promise<boolean> {
  const [row] = await db
    .select({ id: effects.id })
    .from(effects)
    .innerJoin(decisions, sql`${decisions.id}::text = ${effects.target} ->> 'decisionId'`)
    .where(and(eq(effects.issueId, issueId), eq(effects.state, 'pending'), isNull(decisions.postedAt)))
    .limit(1);
  return row !== undefined;
}

/** The decision made on the snapshot; null for a thread of the past, which nobody decided on. */
export async function decisionOnSnapshot(db: Db, snapshotId: string): Promise<Decision | null> {
  const [row] = await db
    .select()
    .from(decisions)
    .where(eq(decisions.snapshotId, snapshotId))
    .orderBy(desc(decisions.decidedAt))
    .limit(1);
  return row ?? null;
}

/** The newest of the decisions on GitHub; one that was made before it may have come there later. */
export async function latestPostedDecision(db: Db, issueId: number): Promise<Decision | null> {
  const [row] = await db
    .select()
    .from(decisions)
    .where(and(eq(decisions.issueId, issueId), isNotNull(decisions.postedAt)))
    .orderBy(desc(decisions.decidedAt))
    .limit(1);
  return row ?? null;
}

/** The decisions on GitHub that this one replaces. */
export async function supersedeOlder(
  tx: Db,
  { issueId, decidedAt }: Pick<Decision, 'issueId' | 'decidedAt'>,
): Promise<Decision[]> {
  return tx
    .update(decisions)
    .set({
      state: sql`case when ${decisions.state} = 'proposed' then 'superseded' else ${decisions.state} end`,
    })
    .where(
      and(eq(decisions.issueId, issueId), lt(decisions.decidedAt, decidedAt), isNotNull(decisions.postedAt)),
    )
    .returning();
}

export async function updateDecision(
  tx: Db,
  id: string,
  change: Partial<
    Pick<
      Decision,
      | 'state'
      | 'stateBy'
      | 'stateReason'
      | 'overriddenTo'
      | 'explainRequested'
      | 'newerProposals'
      | 'postedAt'
      | 'shownAt'
      | 'lookDueAt'
      | 'looks'
    >
  >,
): Promise<void> {
  await tx.update(decisions).set(change).where(eq(decisions.id, id));
}

/** Decisions of the issue, silent ones among them, for which GitHub is to be looked at by now. */
export async function decisionsDue(db: Db, issueId: number, now: Date): Promise<Decision[]> {
  return db
    .select()
    .from(decisions)
    .where(and(eq(decisions.issueId, issueId), lte(decisions.lookDueAt, now)))
    .orderBy(asc(decisions.decidedAt));
}

/** The issue's last decision, whoever may see it: not for what people are told. */
export async function latestDecision(db: Db, issueId: number): Promise<Decision | null> {
  const [row] = await db
    .select()
    .from(decisions)
    .where(eq(decisions.issueId, issueId))
    .orderBy(desc(decisions.decidedAt))
    .limit(1);
  return row ?? null;
}

/** Decisions that a judge of this name made for others to see, oldest first. */
export async function decisionsBy(db: Db, model: string): Promise<Pick<Decision, 'id' | 'issueId'>[]> {
  return db
    .select({ id: decisions.id, issueId: decisions.issueId })
    .from(decisions)
    .where(and(eq(decisions.model, model), eq(decisions.silent, false)))
    .orderBy(asc(decisions.decidedAt));
}
