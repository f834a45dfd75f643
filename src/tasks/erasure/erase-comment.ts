/**
 * A comment was deleted, or its author is to be forgotten: its text goes from everywhere, together with everything
 * that was made of it. Hashes stay, so that decisions and dataset versions can still be told apart.
 */
import { eraseCommand, eraseCommentPayload, eraseInput, eraseText } from '../../pipeline/dataset/erase.ts';
import type { Db } from '../../ports.ts';
import { erasureStore, issueStore, proposalStore } from '../../store/index.ts';
import { eraseOwnComments } from './erase-own-comments.ts';

export interface Erasure {
  readonly reason: erasureStore.ErasureReason;
  readonly at: Date;
  /** Renders a decision's comment anew from its rows; null where nothing can be posted from. */
  readonly rerender: ((tx: Db, decisionId: string) => Promise<void>) | null;
}

/** In the caller's transaction. The command or proposal that the comment was, if any, loses its words. */
export async function eraseComment(
  tx: Db,
  of: { readonly issueId: number; readonly commentId: number },
  erasure: Erasure,
): Promise<void> {
  const { issueId, commentId } = of;
  await issueStore.lockIssue(tx, issueId); // A decision under way must see the erasure, or be seen by it.
  const proposal = await proposalStore.findProposalByComment(tx, issueId, commentId);
  const { decisionIds: answered, ...words } = await erasureStore.eraseCommandWords(
    tx,
    of,
    eraseCommand,
    erasure.at,
  );
  const counts: Record<string, number> = { ...words };
  const judged = proposal === null ? [] : await eraseProposal(tx, proposal, erasure, counts);
  counts.deliveries = await erasureStore.erasePayloads(
    tx,
    { issueId, commentIds: [commentId] },
    eraseCommentPayload,
  );
  if (proposal !== null || words.commands > 0) {
    counts.comments = await eraseOwnComments(tx, issueId, new Set([...answered, ...judged]), erasure);
  }
  await erasureStore.eraseErrors(tx, issueId);
  await erasureStore.recordErasure(tx, {
    scope: 'comment',
    subject: String(commentId),
    reason: erasure.reason,
    erasedAt: erasure.at,
    counts,
  });
}

/** @returns the decisions that had judged the proposal. */
async function eraseProposal(
  tx: Db,
  proposal: proposalStore.Proposal,
  { at }: Erasure,
  counts: Record<string, number>,
): Promise<string[]> {
  const { issueId, id, number } = proposal;
  if (proposal.droppedAt === null) await proposalStore.setProposalDropped(tx, id, at);
  counts.revisions = await erasureStore.eraseRevisions(tx, { issueId, proposalId: id }, at);
  const snapshotIds = await erasureStore.eraseSnapshots(
    tx,
    { issueId, number },
    (input) => eraseInput(input, new Set([number])),
    at,
  );
  const { decisionIds, ...derived } = await erasureStore.eraseDerived(tx, snapshotIds, eraseText, at);
  derived.datasetRows += counts.datasetRows ?? 0;
  Object.assign(counts, derived, { snapshots: snapshotIds.length, decisions: decisionIds.length });
  return decisionIds;
}
