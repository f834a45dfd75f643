/** Texts that were judged, and everything that was made of them: prompts, votes, decisions, training rows. */
import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Assessment, JudgeInput } from '../../pipeline/judge/types.ts';
import type { Db } from '../../ports.ts';
import {
  datasetRows,
  decisions,
  distilledAnswers,
  proposals,
  revisions,
  snapshots,
  votes,
} from '../../schema/index.ts';
import { NO_TEXT } from '../dataset-versions.ts';
import { mark } from './mark.ts';

/** @param proposalId null takes every proposal of the issue */
export async function eraseRevisions(
  tx: Db,
  of: { readonly issueId: number; readonly proposalId: string | null },
  at: Date,
): Promise<number> {
  const which =
    of.proposalId === null
      ? inArray(
          revisions.proposalId,
          tx.select({ id: proposals.id }).from(proposals).where(eq(proposals.issueId, of.issueId)),
        )
      : eq(revisions.proposalId, of.proposalId);
  const rows = await tx
    .update(revisions)
    .set({ body: mark(revisions.body), erasedAt: at })
    .where(and(which, isNull(revisions.erasedAt)))
    .returning({ id: revisions.id });
  return rows.length;
}

/**
 * Snapshots of the issue that hold the proposal, or all of them.
 * @returns the ids of those it changed.
 */
export async function eraseSnapshots(
  tx: Db,
  of: { readonly issueId: number; readonly number: number | null },
  erase: (input: JudgeInput) => JudgeInput,
  at: Date,
): Promise<string[]> {
  const rows = await tx.select().from(snapshots).where(eq(snapshots.issueId, of.issueId));
  const touched = rows.filter(
    ({ input }) => of.number === null || input.candidates.some((one) => one.number === of.number),
  );
  for (const { id, input, erasedAt } of touched) {
    await tx
      .update(snapshots)
      .set({ input: erase(input), erasedAt: erasedAt ?? at })
      .where(eq(snapshots.id, id));
  }
  return touched.map(({ id }) => id);
}

/** Everything that was made of the snapshots' texts: prompts, votes, decisions, sampled answers, training rows. */
export async function eraseDerived(
  tx: Db,
  snapshotIds: readonly string[],
  erase: (text: string) => string,
  at: Date,
): Promise<{ decisionIds: string[]; votes: number; distilled: number; datasetRows: number }> {
  if (snapshotIds.length === 0) return { decisionIds: [], votes: 0, distilled: 0, datasetRows: 0 };
  const ids = [...snapshotIds];
  const decided = await tx.select().from(decisions).where(inArray(decisions.snapshotId, ids));
  for (const decision of decided) await eraseDecision(tx, decision, erase);
  const decisionIds = decided.map(({ id }) => id);
  return {
    decisionIds,
    votes: await eraseVotes(tx, decisionIds, at),
    distilled: await eraseDistilled(tx, ids, at),
    datasetRows: await eraseRows(tx, ids, at),
  };
}

async function eraseDecision(
  tx: Db,
  decision: typeof decisions.$inferSelect,
  erase: (text: string) => string,
): Promise<void> {
  const orNull = (text: string | null) => (text === null ? null : erase(text));
  const assessments = decision.assessments.map(
    (line): Assessment => ({ ...line, strength: erase(line.strength), weakness: erase(line.weakness) }),
  );
  await tx
    .update(decisions)
    .set({
      explanation: erase(decision.explanation),
      goldenProposal: erase(decision.goldenProposal),
      abstainReason: orNull(decision.abstainReason),
      wouldDecide: orNull(decision.wouldDecide),
      assessments,
      ideas: decision.ideas.map((entry) => ({ ...entry, idea: erase(entry.idea) })),
    })
    .where(eq(decisions.id, decision.id));
}

async function eraseVotes(tx: Db, decisionIds: string[], at: Date): Promise<number> {
  if (decisionIds.length === 0) return 0;
  const rows = await tx
    .update(votes)
    .set({
      prompt: mark(votes.prompt),
      answer: mark(votes.answer),
      thinking: mark(votes.thinking),
      error: mark(votes.error),
      erasedAt: at,
    })
    .where(and(inArray(votes.decisionId, decisionIds), isNull(votes.erasedAt)))
    .returning({ id: votes.id });
  return rows.length;
}

async function eraseDistilled(tx: Db, snapshotIds: string[], at: Date): Promise<number> {
  const rows = await tx
    .update(distilledAnswers)
    .set({ explanation: null, goldenProposal: null, thinking: null, erasedAt: at })
    .where(and(inArray(distilledAnswers.snapshotId, snapshotIds), isNull(distilledAnswers.erasedAt)))
    .returning({ id: distilledAnswers.id });
  return rows.length;
}

async function eraseRows(tx: Db, snapshotIds: string[], at: Date): Promise<number> {
  const rows = await tx
    .update(datasetRows)
    .set({ ...NO_TEXT, erasedAt: at })
    .where(and(inArray(datasetRows.snapshotId, snapshotIds), isNull(datasetRows.erasedAt)))
    .returning({ rowId: datasetRows.rowId });
  return rows.length;
}
