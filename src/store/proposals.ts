import { randomUUID } from 'node:crypto';
import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { issues, proposals, revisions, snapshots } from '../schema/index.ts';

export type Proposal = typeof proposals.$inferSelect;
export type Revision = typeof revisions.$inferSelect;
export type Snapshot = typeof snapshots.$inferSelect;

export interface ProposalText {
  readonly hash: string;
  readonly body: string;
  readonly visibleAt: Date | null;
}

export type NewProposal = Omit<Proposal, 'id' | 'droppedAt' | 'currentHash'>;

/** Every proposal the issue ever had, in the order of their numbers. */
export async function listProposals(db: Db, issueId: number): Promise<Proposal[]> {
  return db.select().from(proposals).where(eq(proposals.issueId, issueId)).orderBy(asc(proposals.number));
}

export async function findProposalByComment(
  db: Db,
  issueId: number,
  commentId: number,
): Promise<Proposal | null> {
  const [row] = await db
    .select()
    .from(proposals)
    .where(and(eq(proposals.issueId, issueId), eq(proposals.commentId, commentId)));
  return row ?? null;
}

/** The proposals that these comments are, on whatever issue of the repository. */
export async function proposalsOfComments(
  db: Db,
  repositoryId: number,
  commentIds: readonly number[],
): Promise<Proposal[]> {
  if (commentIds.length === 0) return [];
  const rows = await db
    .select({ proposal: proposals })
    .from(proposals)
    .innerJoin(issues, eq(proposals.issueId, issues.id))
    .where(and(eq(issues.repositoryId, repositoryId), inArray(proposals.commentId, [...commentIds])));
  return rows.map(({ proposal }) => proposal);
}

/** Hands out the next proposal number of the issue; numbers are never reused. */
export async function takeProposalNumber(tx: Db, issueId: number): Promise<number> {
  const [row] = await tx
    .update(issues)
    .set({ nextProposalNumber: sql`${issues.nextProposalNumber} + 1` })
    .where(eq(issues.id, issueId))
    .returning({ next: issues.nextProposalNumber });
  if (!row) throw new Error(`issue ${issueId} has no row`);
  return row.next - 1;
}

export async function insertProposal(tx: Db, proposal: NewProposal, text: ProposalText): Promise<void> {
  const id = randomUUID();
  await tx.insert(proposals).values({ ...proposal, id, currentHash: text.hash });
  await tx.insert(revisions).values({ id: randomUUID(), proposalId: id, ordinal: 0, ...text });
}

/** Adds a revision unless the proposal holds this text already, or a later one. @returns whether the text is new. */
export async function addRevision(tx: Db, proposal: Proposal, text: ProposalText): Promise<boolean> {
  if (proposal.currentHash === text.hash) return false;
  const last = await lastRevision(tx, proposal.id);
  if (isBefore(text.visibleAt, last)) return false;
  await tx
    .insert(revisions)
    .values({ id: randomUUID(), proposalId: proposal.id, ordinal: (last?.ordinal ?? -1) + 1, ...text });
  await tx.update(proposals).set({ currentHash: text.hash }).where(eq(proposals.id, proposal.id));
  return true;
}

/** Whether a later text is on record than what GitHub said at that time: events come in any order, and late. */
export async function isOutdated(db: Db, { id }: Pick<Proposal, 'id'>, at: Date): Promise<boolean> {
  return isBefore(at, await lastRevision(db, id));
}

async function lastRevision(db: Db, proposalId: string): Promise<Revision | undefined> {
  const [last] = await db
    .select()
    .from(revisions)
    .where(eq(revisions.proposalId, proposalId))
    .orderBy(desc(revisions.ordinal))
    .limit(1);
  return last;
}

function isBefore(at: Date | null, last: Revision | undefined): boolean {
  return at !== null && last?.visibleAt != null && at < last.visibleAt;
}

/** Puts texts before those on record, which keep their order. */
export async function addEarlierRevisions(
  tx: Db,
  proposalId: string,
  texts: readonly ProposalText[],
): Promise<void> {
  if (texts.length === 0) return;
  const own = eq(revisions.proposalId, proposalId);
  // Ordinals are unique at every moment: they make room below zero first.
  await tx
    .update(revisions)
    .set({ ordinal: sql`-1 - ${revisions.ordinal}` })
    .where(own);
  await tx
    .update(revisions)
    .set({ ordinal: sql`${texts.length}::int - 1 - ${revisions.ordinal}` })
    .where(own);
  await tx
    .insert(revisions)
    .values(texts.map((text, ordinal) => ({ id: randomUUID(), proposalId, ordinal, ...text })));
}

/** Since when the first text on record stood, by proposal; unknown times are left out. */
export async function firstTexts(db: Db, proposalIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
  if (proposalIds.length === 0) return new Map();
  const rows = await db
    .select({ id: revisions.proposalId, at: revisions.visibleAt })
    .from(revisions)
    .where(and(inArray(revisions.proposalId, [...proposalIds]), eq(revisions.ordinal, 0)));
  return new Map(rows.flatMap(({ id, at }) => (at ? [[id, at]] : [])));
}

/** People rename their accounts; the id stays. */
export async function setAuthorLogin(tx: Db, id: string, authorLogin: string): Promise<void> {
  await tx.update(proposals).set({ authorLogin }).where(eq(proposals.id, id));
}

export async function setProposalDropped(tx: Db, id: string, at: Date | null): Promise<void> {
  await tx.update(proposals).set({ droppedAt: at }).where(eq(proposals.id, id));
}

/** The live proposals of an issue with all their texts, in posting order. */
export async function liveProposals(
  db: Db,
  issueId: number,
): Promise<{ proposal: Proposal; revisions: Revision[] }[]> {
  const live = await db
    .select()
    .from(proposals)
    .where(and(eq(proposals.issueId, issueId), isNull(proposals.droppedAt)))
    .orderBy(asc(proposals.commentId));
  if (live.length === 0) return [];
  const texts = await db
    .select()
    .from(revisions)
    .where(
      inArray(
        revisions.proposalId,
        live.map((proposal) => proposal.id),
      ),
    )
    .orderBy(asc(revisions.ordinal));
  return live.map((proposal) => ({
    proposal,
    revisions: texts.filter((text) => text.proposalId === proposal.id),
  }));
}

export async function insertSnapshot(
  db: Db,
  snapshot: Pick<Snapshot, 'issueId' | 'takenAt' | 'hash' | 'input'> &
    Partial<Pick<Snapshot, 'origin' | 'flags'>>,
): Promise<string> {
  const id = randomUUID();
  await db.insert(snapshots).values({ id, ...snapshot });
  return id;
}

export async function getSnapshot(db: Db, id: string): Promise<Snapshot | null> {
  const [row] = await db.select().from(snapshots).where(eq(snapshots.id, id));
  return row ?? null;
}

/** What a judge was last shown of the issue; null while nothing was frozen, or when it was erased. */
export async function latestInput(db: Db, issueId: number): Promise<Snapshot['input'] | null> {
  const [row] = await db
    .select({ input: snapshots.input })
    .from(snapshots)
    .where(and(eq(snapshots.issueId, issueId), isNull(snapshots.erasedAt)))
    .orderBy(desc(snapshots.takenAt))
    .limit(1);
  return row?.input ?? null;
}
