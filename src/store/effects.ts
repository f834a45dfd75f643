import { createHash, randomUUID } from 'node:crypto';
import { and, asc, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { type EffectState, type EffectTarget, effects, issues } from '../schema/index.ts';

export type Effect = typeof effects.$inferSelect;

export interface WantedEffect {
  readonly key: string;
  readonly installationId: number;
  readonly issueId: number;
  readonly target: EffectTarget;
  /** The comment's text; null for a reaction. */
  readonly desiredBody: string | null;
  readonly priority: number;
  readonly notBefore?: Date | null;
}

export function bodyHash(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

/**
 * Says what GitHub should look like. A row that exists takes the new text and becomes pending again, unless
 * a person deleted the comment (tombstoned): that is never undone.
 * @returns whether there is something to do.
 */
export async function wantEffect(tx: Db, wanted: WantedEffect): Promise<boolean> {
  const desiredHash = bodyHash(wanted.desiredBody ?? wanted.key);
  const rows = await tx
    .insert(effects)
    .values({
      id: randomUUID(),
      kind: wanted.target.kind,
      desiredHash,
      ...wanted,
      notBefore: wanted.notBefore ?? null,
    })
    .onConflictDoUpdate({
      target: effects.key,
      set: {
        target: wanted.target,
        desiredBody: wanted.desiredBody,
        desiredHash,
        priority: wanted.priority,
        notBefore: wanted.notBefore ?? null,
        state: sql`case when ${effects.state} = 'parked' then 'parked' when ${effects.appliedHash} = ${desiredHash} then 'done' else 'pending' end`,
        attempts: 0,
        updatedAt: sql`now()`,
      },
      setWhere: sql`${effects.state} <> 'tombstoned'`,
    })
    .returning({ state: effects.state });
  return rows.some((row) => row.state === 'pending');
}

export async function getEffect(db: Db, id: string): Promise<Effect | null> {
  const [row] = await db.select().from(effects).where(eq(effects.id, id));
  return row ?? null;
}

export async function findEffect(db: Db, key: string): Promise<Effect | null> {
  const [row] = await db.select().from(effects).where(eq(effects.key, key));
  return row ?? null;
}

export async function findEffectByComment(
  db: Db,
  issueId: number,
  commentId: number,
): Promise<Effect | null> {
  const [row] = await db
    .select()
    .from(effects)
    .where(and(eq(effects.issueId, issueId), eq(effects.kind, 'comment'), eq(effects.githubId, commentId)));
  return row ?? null;
}

/** The effect that the installation's writer should take next, by priority and age. */
export async function nextDueEffect(db: Db, installationId: number, now: Date): Promise<Effect | null> {
  const [row] = await db
    .select()
    .from(effects)
    .where(
      and(
        eq(effects.installationId, installationId),
        eq(effects.state, 'pending'),
        or(isNull(effects.notBefore), sql`${effects.notBefore} <= ${now.toISOString()}::timestamptz`),
      ),
    )
    .orderBy(asc(effects.priority), asc(effects.createdAt))
    .limit(1);
  return row ?? null;
}

/** When the installation's writer has to wake up again; null when nothing is pending. */
export async function nextEffectTime(db: Db, installationId: number): Promise<Date | null> {
  const [row] = await db
    .select({ notBefore: effects.notBefore, createdAt: effects.createdAt })
    .from(effects)
    .where(and(eq(effects.installationId, installationId), eq(effects.state, 'pending')))
    .orderBy(sql`coalesce(${effects.notBefore}, ${effects.createdAt})`)
    .limit(1);
  return row ? (row.notBefore ?? row.createdAt) : null;
}

export async function updateEffect(
  db: Db,
  id: string,
  change: Partial<
    Pick<
      Effect,
      | 'state'
      | 'stateReason'
      | 'appliedHash'
      | 'appliedBody'
      | 'githubId'
      | 'githubUrl'
      | 'createAttemptedAt'
      | 'secondLookDue'
      | 'attempts'
      | 'notBefore'
      | 'lastError'
      | 'appliedAt'
    >
  >,
): Promise<void> {
  await db
    .update(effects)
    .set({ ...change, updatedAt: sql`now()` })
    .where(eq(effects.id, id));
}

/** Moves an issue's effects between pending and parked, or gives them up. @returns how many moved. */
export async function moveEffects(
  db: Db,
  issueId: number,
  from: EffectState,
  to: EffectState,
  reason: string | null,
): Promise<number> {
  const rows = await db
    .update(effects)
    .set({ state: to, stateReason: reason, notBefore: null, updatedAt: sql`now()` })
    .where(and(eq(effects.issueId, issueId), eq(effects.state, from)))
    .returning({ id: effects.id });
  return rows.length;
}

export async function commentEffects(db: Db, issueId: number): Promise<Effect[]> {
  return db
    .select()
    .from(effects)
    .where(and(eq(effects.issueId, issueId), eq(effects.kind, 'comment')))
    .orderBy(asc(effects.createdAt));
}

/** Installations with something to write. */
export async function installationsWithPendingEffects(db: Db): Promise<number[]> {
  const rows = await db
    .selectDistinct({ id: effects.installationId })
    .from(effects)
    .where(inArray(effects.state, ['pending']));
  return rows.map((row) => row.id);
}

/** Takes up again what was parked while the installation was suspended. */
export async function unparkInstallation(db: Db, installationId: number, reason: string): Promise<void> {
  await db
    .update(effects)
    .set({ state: 'pending', stateReason: null, updatedAt: sql`now()` })
    .where(
      and(
        eq(effects.installationId, installationId),
        eq(effects.state, 'parked'),
        eq(effects.stateReason, reason),
      ),
    );
}

/** True while the issue's effects cannot be written because GitHub forbids it. */
export async function isIssueLocked(db: Db, issueId: number): Promise<boolean> {
  const [row] = await db.select({ locked: issues.locked }).from(issues).where(eq(issues.id, issueId));
  return row?.locked ?? false;
}

/** How many of the issue's effects are still to be written. */
export async function pendingOf(db: Db, issueId: number): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(effects)
    .where(and(eq(effects.issueId, issueId), eq(effects.state, 'pending')));
  return row?.count ?? 0;
}

/** Writes the wanted text again: a person changed what GitHub shows. */
export async function repairEffect(db: Db, id: string): Promise<void> {
  await db
    .update(effects)
    .set({ state: 'pending', appliedHash: null, attempts: 0, updatedAt: sql`now()` })
    .where(and(eq(effects.id, id), inArray(effects.state, ['done', 'pending'])));
}

/** Takes up again what was parked for this reason on one issue. */
export async function unparkIssue(db: Db, issueId: number, reason: string): Promise<void> {
  await db
    .update(effects)
    .set({ state: 'pending', stateReason: null, notBefore: null, updatedAt: sql`now()` })
    .where(and(eq(effects.issueId, issueId), eq(effects.state, 'parked'), eq(effects.stateReason, reason)));
}
