/** A box of the decision comment was ticked: feedback, if the one who ticked may give it; else the tick is undone. */
import type { AppContext } from '../ports.ts';
import { decisionStore, effectStore, issueStore } from '../store/index.ts';
import { createWakeUps, type TickJob, tickJob } from './queues.ts';
import { managerRole } from './support/authorise.ts';
import { recordFeedback, withdrawFeedback } from './support/record-feedback.ts';
import { readRepositoryConfig } from './support/repository-config.ts';
import { commentKey } from './support/want.ts';

export async function answerTick(ctx: AppContext, data: unknown): Promise<void> {
  const tick = tickJob.parse(data);
  const issue = await issueStore.getIssue(ctx.db, tick.issueId);
  const decision = await decisionStore.getDecision(ctx.db, tick.decisionId);
  if (!issue || issue.goneAt || !decision) return;
  const { config } = await readRepositoryConfig(ctx, issue);
  const { allowed, role } = await managerRole(ctx, issue, tick.actor.login, config);
  if (allowed) {
    for (const change of tick.changes) await applyChange(ctx, issue, decision, tick, change, role);
  }
  await ctx.failpoint('tick.recorded');
  await showWhatCounts(ctx, issue, decision);
  await ctx.failpoint('tick.answered');
}

async function applyChange(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  decision: decisionStore.Decision,
  tick: TickJob,
  { box, ticked }: TickJob['changes'][number],
  role: string | null,
): Promise<void> {
  const key = `checkbox:${decision.id}:${box}:${tick.actor.login.toLowerCase()}`;
  if (!ticked) return withdrawFeedback(ctx, decision, key);
  await recordFeedback(ctx, issue, decision, {
    key,
    source: 'checkbox',
    polarity: box === 'accept' ? 'accept' : 'reject',
    proposalNumber: box === 'accept' ? decision.chosen : null,
    actor: { ...tick.actor, role },
    reason: null,
    at: new Date(tick.at),
    evidenceCommentId: tick.commentId,
  });
}

/** The boxes show the recorded state, whatever was clicked. */
async function showWhatCounts(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  decision: decisionStore.Decision,
): Promise<void> {
  const effect = await effectStore.findEffect(ctx.db, commentKey('decision', decision.runId));
  if (!effect || effect.appliedBody === effect.desiredBody) return;
  await ctx.db.transaction(async (tx) => {
    await effectStore.repairEffect(tx, effect.id);
    await createWakeUps(ctx.jobs).outbox(tx, issue.installationId);
  });
}
