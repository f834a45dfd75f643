/**
 * A round: the comments of what a retracted version had decided say so. Every comment is rendered anew from its rows
 * and goes through the outbox, so doing it twice writes nothing twice, and a turn cut short is done again.
 */
import type { AppContext } from '../../ports.ts';
import { decisionStore, effectStore, issueStore, modelStore } from '../../store/index.ts';
import { refreshDecisionComment } from '../support/decision-comment.ts';
import { commentKey } from '../support/want.ts';

export async function markRetracted(ctx: AppContext, signal: AbortSignal): Promise<void> {
  for (const version of await modelStore.unmarkedRetractions(ctx.db)) {
    const decisions = await decisionStore.decisionsBy(ctx.db, version.name);
    for (const decision of decisions) {
      signal.throwIfAborted();
      await markDecision(ctx, decision);
    }
    await modelStore.setCommentsMarked(ctx.db, version.id, ctx.clock.now());
    ctx.logger.info({ version: version.name, decisions: decisions.length }, 'a retraction was announced');
  }
}

/** Only what has a comment, or is about to: a decision for the record alone gets none by this. */
async function markDecision(
  ctx: AppContext,
  { id, issueId }: Pick<decisionStore.Decision, 'id' | 'issueId'>,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await issueStore.lockIssue(tx, issueId); // A feedback that comes in now must see it, or be seen.
    const decision = await decisionStore.getDecision(tx, id);
    if (!decision || !(await effectStore.findEffect(tx, commentKey('decision', decision.runId)))) return;
    await refreshDecisionComment(ctx, tx, id, { unhurried: true });
  });
}
