import type { AppContext } from '../../ports.ts';
import { decisionStore } from '../../store/index.ts';
import { isOverBudget } from '../support/budget.ts';
import { refreshDecisionComment } from '../support/decision-comment.ts';
import type { Outcome } from '../support/finish.ts';
import { assertNoDecisionBeingPosted } from '../support/no-decision-being-posted.ts';
import { isDeleted } from '../support/want.ts';
import type { LaneCommand } from './work-command.ts';

/** Opens the idea timeline, the votes and what would decide it in the decision's own comment. */
export async function explain(ctx: AppContext, { issue }: LaneCommand): Promise<Outcome> {
  if (await isOverBudget(ctx, ctx.db, issue.id)) {
    return { outcome: 'over-budget', detail: 'too many questions on this issue within an hour' };
  }
  await assertNoDecisionBeingPosted(ctx, issue.id);
  const decision = await decisionStore.latestPostedDecision(ctx.db, issue.id);
  if (!decision) return { outcome: 'no-decision', detail: 'there is no decision on this issue yet' };
  if (await isDeleted(ctx.db, 'decision', decision.runId)) {
    return { outcome: 'no-decision', detail: 'the comment of the last decision was deleted' };
  }
  await ctx.db.transaction(async (tx) => {
    await decisionStore.updateDecision(tx, decision.id, { explainRequested: true });
    await refreshDecisionComment(ctx, tx, decision.id);
  });
  return { outcome: 'done', detail: 'explained in the decision comment' };
}
