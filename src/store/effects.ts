import { createHash, randomUUID } from 'node:crypto';
import { and, asc, eq, inArray, isNotNull, isNull, ne, or, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import {
  type EffectState,
  type EffectTarget,
  effects,
  installations,
  issues,
  type ParkReason,
} from '../schema/index.ts';

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
  const { key, target } = wanted;
  const isRemoval = target.kind === 'reaction' && target.removed === true;
  const desiredHash = bodyHash(wanted.desiredBody ?? (isRemoval ? `no ${key}` : key));
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
        notBefore: soonerOf(wanted.notBefore ?? null),
        state: sql`case when ${effects.state} = 'parked' then 'parked' when ${effects.appliedHash} = ${desiredHash} then 'done' else 'pending' end`,
        attempts: 0,
        defects: 0,
        stateReason: sql`case when ${effects.state} = 'parked' then ${effects.stateReason} end`,
        updatedAt: sql`now()`,
      },
      setWhere: sql`${effects.state} <> 'tombstoned'`,
    })
    .returning({ state: effects.state });
  return rows.some((row) => row.state === 'pending');
}

/**
 * When a row that is wanted anew is due. While nobody knows whether its create arrived, its looks keep their
 * time; a text that waits already is not put off by one that could wait longer.
 */
function soonerOf(notBefore: Date | null) {
  const wanted = notBefore === null ? sql`null` : sql`${notBefore.toISOString()}::timestamptz`;
  return sql`case
    when ${effects.createAttemptedAt} is not null and ${effects.githubId} is null then ${effects.notBefore}
    when ${effects.state} = 'pending' and (${effects.notBefore} is null or ${effects.notBefore} < ${wanted})
      then ${effects.notBefore}
    else ${wanted} end`;
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

/** Locks the row of that name until the transaction ends. */
export async function lockEffect(tx: Db, key: string): Promise<Effect | null> {
  const [row] = await tx.select().from(effects).where(eq(effects.key, key)).for('update');
  return row ?? null;
}

/** Pending and due, or owing one more look that is due. */
function dueAt(now: Date) {
  const time = sql`${now.toISOString()}::timestamptz`;
  return or(
    and(eq(effects.state, 'pending'), or(isNull(effects.notBefore), sql`${effects.notBefore} <= ${time}`)),
    and(inArray(effects.state, ['done', 'tombstoned']), sql`${effects.lookAgainAt} <= ${time}`),
  );
}

/** The effect that the installation's writer should take next, by priority and age. */
export async function nextDueEffect(db: Db, installationId: number, now: Date): Promise<Effect | null> {
  const [row] = await db
    .select()
    .from(effects)
    .where(and(eq(effects.installationId, installationId), dueAt(now)))
    .orderBy(asc(effects.priority), asc(effects.createdAt))
    .limit(1);
  return row ?? null;
}

/** When the installation's writer has to wake up again; null when nothing is left to do. */
export async function nextEffectTime(db: Db, installationId: number): Promise<Date | null> {
  const at = sql<Date>`case when ${effects.state} = 'pending' then coalesce(${effects.notBefore}, ${effects.createdAt}) else ${effects.lookAgainAt} end`;
  const [row] = await db
    .select({ at: sql<string>`min(${at})` })
    .from(effects)
    .where(
      and(
        eq(effects.installationId, installationId),
        or(
          eq(effects.state, 'pending'),
          and(inArray(effects.state, ['done', 'tombstoned']), isNotNull(effects.lookAgainAt)),
        ),
      ),
    );
  return row?.at ? new Date(row.at) : null;
}

/** An effect as its writer read it, with what was known then of an earlier create. */
type ReadForCreate = Pick<Effect, 'id' | 'createAttemptedAt' | 'secondLookDue'>;

/**
 * Notes that a create is about to leave, unless the comment has come to be known or unwanted meanwhile, or another
 * writer has begun one.
 * @returns false when it must not leave.
 */
export async function beginCreate(db: Db, effect: ReadForCreate, at: Date): Promise<boolean> {
  const rows = await db
    .update(effects)
    .set({ createAttemptedAt: at, secondLookDue: false, updatedAt: sql`now()` })
    .where(
      and(
        eq(effects.id, effect.id),
        eq(effects.state, 'pending'),
        isNull(effects.githubId),
        attemptedAt(effect.createAttemptedAt),
      ),
    )
    .returning({ id: effects.id });
  return rows.length > 0;
}

/** The create begun at `at` never left or was refused: all is as it was before. Nobody else's create is touched. */
export async function undoCreate(db: Db, effect: ReadForCreate, at: Date): Promise<void> {
  const { createAttemptedAt, secondLookDue } = effect;
  await db
    .update(effects)
    .set({ createAttemptedAt, secondLookDue, updatedAt: sql`now()` })
    .where(and(eq(effects.id, effect.id), attemptedAt(at)));
}

function attemptedAt(at: Date | null) {
  return at === null ? isNull(effects.createAttemptedAt) : eq(effects.createAttemptedAt, at);
}

/** The comment on GitHub is this effect's. Its text is compared next, and extras are looked for later. */
export async function adoptComment(
  db: Db,
  id: string,
  comment: { id: number; url: string },
  lookAgainAt: Date | null,
): Promise<void> {
  await db
    .update(effects)
    .set({
      githubId: comment.id,
      githubUrl: comment.url,
      createAttemptedAt: null,
      secondLookDue: false,
      notBefore: null,
      ...(lookAgainAt === null ? {} : { lookAgainAt }),
      updatedAt: sql`now()`,
    })
    .where(and(eq(effects.id, id), ne(effects.state, 'tombstoned')));
}

/** Owes the effect one more look at that time; null when none is owed any more. */
export async function lookAgain(db: Db, ids: readonly string[], at: Date | null): Promise<void> {
  if (ids.length === 0) return;
  await db
    .update(effects)
    .set({ lookAgainAt: at })
    .where(inArray(effects.id, [...ids]));
}

/** A tombstone is final: nothing changes such a row any more. */
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
      | 'defects'
      | 'notBefore'
      | 'lastError'
      | 'appliedAt'
      | 'lookAgainAt'
    >
  >,
): Promise<void> {
  await db
    .update(effects)
    .set({ ...change, updatedAt: sql`now()` })
    .where(and(eq(effects.id, id), ne(effects.state, 'tombstoned')));
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

/** Installations whose writer has something to do now. */
export async function installationsWithDueEffects(db: Db, now: Date): Promise<number[]> {
  const rows = await db
    .selectDistinct({ id: effects.installationId })
    .from(effects)
    .innerJoin(installations, eq(effects.installationId, installations.id))
    .where(and(eq(installations.status, 'active'), dueAt(now)));
  return rows.map((row) => row.id);
}

/** Takes up again what was parked for this reason on these issues. */
export async function unpark(
  db: Db,
  reason: ParkReason,
  where: { installationId: number } | { issueId: number } | { repositoryId: number },
): Promise<void> {
  const place =
    'installationId' in where
      ? eq(effects.installationId, where.installationId)
      : 'issueId' in where
        ? eq(effects.issueId, where.issueId)
        : inArray(effects.issueId, issuesOf(db, where.repositoryId));
  await db
    .update(effects)
    .set({ state: 'pending', stateReason: null, notBefore: null, updatedAt: sql`now()` })
    .where(and(eq(effects.state, 'parked'), eq(effects.stateReason, reason), place));
}

/** What is left to write on a repository goes to the installation that holds it now. */
export async function moveToInstallation(
  db: Db,
  repositoryId: number,
  installationId: number,
): Promise<void> {
  await db
    .update(effects)
    .set({ installationId })
    .where(
      and(
        inArray(effects.issueId, issuesOf(db, repositoryId)),
        ne(effects.installationId, installationId),
        inArray(effects.state, ['pending', 'parked', 'done', 'failed']),
      ),
    );
}

/**
 * Locked issues with something that waits for the lock to be taken off; where there are more than `limit`, each gets
 * its turn.
 */
export async function issuesParkedByLock(
  db: Db,
  limit: number,
): Promise<{ id: number; installationId: number }[]> {
  return db
    .select({ id: effects.issueId, installationId: effects.installationId })
    .from(effects)
    .where(and(eq(effects.state, 'parked'), eq(effects.stateReason, 'locked')))
    .groupBy(effects.issueId, effects.installationId)
    .orderBy(sql`random()`)
    .limit(limit);
}

function issuesOf(db: Db, repositoryId: number) {
  return db.select({ id: issues.id }).from(issues).where(eq(issues.repositoryId, repositoryId));
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
    .set({ state: 'pending', appliedHash: null, attempts: 0, defects: 0, updatedAt: sql`now()` })
    .where(and(eq(effects.id, id), inArray(effects.state, ['done', 'pending'])));
}
