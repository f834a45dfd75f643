/** Everything that people wrote on an issue goes, and everything that was made of it. */
import { eraseCommand, eraseInput, eraseText, eraseWritten } from '../../pipeline/dataset/erase.ts';
import type { Db } from '../../ports.ts';
import { erasureStore, issueStore } from '../../store/index.ts';
import type { Erasure } from './erase-comment.ts';
import { eraseOwnComments } from './erase-own-comments.ts';

/** In the caller's transaction; running it again changes nothing. */
export async function eraseIssue(tx: Db, issueId: number, erasure: Erasure): Promise<void> {
  const { at } = erasure;
  await issueStore.lockIssue(tx, issueId);
  const snapshotIds = await erasureStore.eraseSnapshots(
    tx,
    { issueId, number: null },
    (input) => eraseInput(input, null),
    at,
  );
  const { decisionIds, ...derived } = await erasureStore.eraseDerived(tx, snapshotIds, eraseText, at);
  const of = { issueId, commentId: null };
  const words = await erasureStore.eraseCommandWords(tx, of, eraseCommand, at);
  const counts = {
    ...derived,
    commands: words.commands,
    signals: words.signals,
    snapshots: snapshotIds.length,
    decisions: decisionIds.length,
    changes: await erasureStore.eraseChanges(tx, issueId, at),
    revisions: await erasureStore.eraseRevisions(tx, { issueId, proposalId: null }, at),
    deliveries: await erasureStore.erasePayloads(tx, { issueId, commentIds: null }, eraseWritten),
    comments: await eraseOwnComments(tx, issueId, new Set([...decisionIds, ...words.decisionIds]), erasure),
  };
  await erasureStore.eraseIssueTitle(tx, issueId);
  await erasureStore.eraseErrors(tx, issueId);
  await erasureStore.recordErasure(tx, {
    scope: 'issue',
    subject: String(issueId),
    reason: erasure.reason,
    erasedAt: at,
    counts,
  });
}
