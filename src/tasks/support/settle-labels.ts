/** Labels in line with the signals that stand, and an explanation on GitHub in line with the label. */
import type { AppContext, Db } from '../../ports.ts';
import { decisionStore } from '../../store/index.ts';
import { refreshDecisionComment } from './decision-comment.ts';
import { resolveLabelsOfIssue } from './resolve-label.ts';

/** An explanation marks the accepted ideas; nothing else of a comment depends on evidence that was not given to it. */
export async function settleLabels(ctx: AppContext, tx: Db, issueId: number): Promise<void> {
  await resolveLabelsOfIssue(tx, issueId, ctx.clock.now());
  const decision = await decisionStore.latestPostedDecision(tx, issueId);
  if (decision?.explainRequested) await refreshDecisionComment(ctx, tx, decision.id);
}
