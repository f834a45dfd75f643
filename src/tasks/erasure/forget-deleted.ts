/** A comment was deleted on GitHub: what it said is kept nowhere (promise 8), and counts for nothing. */
import type { AppContext, Db } from '../../ports.ts';
import { evidenceStore, type issueStore } from '../../store/index.ts';
import { createWakeUps } from '../queues.ts';
import { refreshDecisionComment } from '../support/decision-comment.ts';
import { settleLabels } from '../support/settle-labels.ts';
import { eraseComment } from './erase-comment.ts';

export async function forgetDeleted(
  ctx: AppContext,
  tx: Db,
  issue: Pick<issueStore.LocatedIssue, 'id' | 'installationId'>,
  commentId: number,
): Promise<void> {
  const at = ctx.clock.now();
  const of = { issueId: issue.id, commentId };
  const withdrawn = await evidenceStore.withdrawEvidence(tx, { ...of, keptKeys: [] }, at);
  if (withdrawn > 0) await settleLabels(ctx, tx, issue.id);
  await eraseComment(tx, of, {
    reason: 'deleted',
    at,
    rerender: (inTx, decisionId) => refreshDecisionComment(ctx, inTx, decisionId),
  });
  await createWakeUps(ctx.jobs).outbox(tx, issue.installationId);
}
