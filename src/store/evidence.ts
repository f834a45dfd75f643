/** Signals that speak about proposals: recorded as they come, counted once their author's role is known. */
import { randomUUID } from 'node:crypto';
import { and, asc, eq, gte, inArray, isNull, notInArray } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { issues, signals } from '../schema/index.ts';

export type Signal = typeof signals.$inferSelect;
export type NewSignal = Omit<typeof signals.$inferInsert, 'id'>;

/** Records the signal once per key; one that was withdrawn and is given again counts again. */
export async function recordEvidence(tx: Db, signal: NewSignal): Promise<void> {
  const { key: _key, ...facts } = signal;
  await tx
    .insert(signals)
    .values({ id: randomUUID(), ...signal })
    .onConflictDoUpdate({ target: signals.key, set: { ...facts, withdrawnAt: null } });
}

/** Takes back what the comment said, but for the signals with these keys. */
export async function withdrawEvidence(
  tx: Db,
  where: { readonly issueId: number; readonly commentId: number; readonly keptKeys: readonly string[] },
  at: Date,
): Promise<number> {
  const rows = await tx
    .update(signals)
    .set({ withdrawnAt: at })
    .where(
      and(
        eq(signals.issueId, where.issueId),
        eq(signals.evidenceCommentId, where.commentId),
        eq(signals.source, 'comment'),
        isNull(signals.withdrawnAt),
        where.keptKeys.length === 0 ? undefined : notInArray(signals.key, [...where.keptKeys]),
      ),
    )
    .returning({ id: signals.id });
  return rows.length;
}

/** Those of the keys that are recorded and not withdrawn. */
export async function standingKeys(db: Db, keys: readonly string[]): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const rows = await db
    .select({ key: signals.key })
    .from(signals)
    .where(and(inArray(signals.key, [...keys]), isNull(signals.withdrawnAt)));
  return new Set(rows.map(({ key }) => key));
}

/** What a merged pull request of the repository said, on whatever issue. */
export async function mergesOf(db: Db, repositoryId: number, pullNumber: number): Promise<Signal[]> {
  const rows = await db
    .select({ signal: signals })
    .from(signals)
    .innerJoin(issues, eq(signals.issueId, issues.id))
    .where(
      and(
        eq(issues.repositoryId, repositoryId),
        eq(signals.source, 'merge'),
        eq(signals.pullNumber, pullNumber),
        isNull(signals.withdrawnAt),
      ),
    );
  return rows.map(({ signal }) => signal);
}

export async function withdrawKeys(tx: Db, keys: readonly string[], at: Date): Promise<void> {
  if (keys.length === 0) return;
  await tx
    .update(signals)
    .set({ withdrawnAt: at })
    .where(and(inArray(signals.key, [...keys]), isNull(signals.withdrawnAt)));
}

/** Standing signals of an issue whose author's role nobody has looked at. */
export async function unverified(db: Db, issueId: number): Promise<Signal[]> {
  return db
    .select()
    .from(signals)
    .where(and(eq(signals.issueId, issueId), isNull(signals.verifiedAt), isNull(signals.withdrawnAt)))
    .orderBy(asc(signals.createdAt));
}

/** Writes down what the author was on the repository, or that they have no say. */
export async function settleRole(
  tx: Db,
  ids: readonly string[],
  found: { readonly role: string | null; readonly hasSay: boolean; readonly at: Date },
): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(signals)
    .set({
      actorRole: found.role,
      verifiedAt: found.at,
      withdrawnAt: found.hasSay ? null : found.at,
    })
    .where(inArray(signals.id, [...ids]));
}

/** The first standing signal about the issue's proposals; null while there is none. */
export async function firstEvidence(db: Db, issueId: number): Promise<Signal | null> {
  const [row] = await db
    .select()
    .from(signals)
    .where(and(eq(signals.issueId, issueId), isNull(signals.withdrawnAt)))
    .orderBy(asc(signals.createdAt))
    .limit(1);
  return row ?? null;
}

export async function evidenceOfKind(db: Db, issueId: number, source: Signal['source']): Promise<Signal[]> {
  return db
    .select()
    .from(signals)
    .where(and(eq(signals.issueId, issueId), eq(signals.source, source), isNull(signals.withdrawnAt)))
    .orderBy(asc(signals.createdAt));
}

/** Standing reactions on a decision's comment. */
export async function reactionsOn(db: Db, decisionId: string): Promise<Signal[]> {
  return db
    .select()
    .from(signals)
    .where(
      and(eq(signals.decisionId, decisionId), eq(signals.source, 'reaction'), isNull(signals.withdrawnAt)),
    );
}

/** A choice of ours turned out to have been visible from then on. @returns whether that changes any signal. */
export async function markExposed(tx: Db, issueId: number, since: Date): Promise<boolean> {
  const rows = await tx
    .update(signals)
    .set({ exposed: true })
    .where(and(eq(signals.issueId, issueId), eq(signals.exposed, false), gte(signals.createdAt, since)))
    .returning({ id: signals.id });
  return rows.length > 0;
}
