/** What follows once a comment stands on GitHub: it is recorded, and the decision it shows becomes visible. */
import { nextLookAt } from '../../pipeline/feedback/look-times.ts';
import type { AppContext } from '../../ports.ts';
import {
  commandStore,
  decisionStore,
  effectStore,
  evidenceStore,
  issueStore,
  proposalStore,
} from '../../store/index.ts';
import { createWakeUps, LANE_VERBS } from '../queues.ts';
import { refreshDecisionComment } from '../support/decision-comment.ts';
import { announceNewer, newerThan } from '../support/newer-proposals.ts';
import { resolveLabelsOfIssue } from '../support/resolve-label.ts';
import type { Effect } from './apply-effect.ts';
import type { CommentTarget } from './own-comments.ts';
import type { AppliedComment } from './reconcile-comment.ts';

export async function afterCommentApplied(
  ctx: AppContext,
  effect: Effect,
  target: CommentTarget,
  applied: AppliedComment,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    // The issue first, as everywhere: a proposal that changes meanwhile is announced here or by its own delivery.
    if (target.decisionId) await issueStore.lockIssue(tx, effect.issueId);
    const current = await effectStore.lockEffect(tx, effect.key);
    const changedMeanwhile = current !== null && current.desiredHash !== effect.desiredHash;
    await effectStore.updateEffect(tx, effect.id, {
      state: changedMeanwhile ? 'pending' : 'done',
      stateReason: null,
      githubId: applied.comment.id,
      githubUrl: applied.comment.url,
      createAttemptedAt: null,
      secondLookDue: false,
      appliedHash: effect.desiredHash,
      appliedBody: applied.body,
      appliedAt: ctx.clock.now(),
      notBefore: changedMeanwhile ? current.notBefore : null,
      lastError: null,
      attempts: 0,
      defects: 0,
    });
    if (target.decisionId) await publishDecision(ctx, tx, target.decisionId, applied);
    await ctx.failpoint('effect.recording');
  });
  await ctx.failpoint('effect.recorded');
}

/** The first time the decision's own text is visible, it becomes the one that feedback is about. */
async function publishDecision(
  ctx: AppContext,
  tx: AppContext['db'],
  decisionId: string,
  applied: AppliedComment,
): Promise<void> {
  const decision = await decisionStore.getDecision(tx, decisionId);
  if (!decision || decision.postedAt) return;
  const visibleAt = visibleSince(applied, decision.id);
  const lookDueAt = nextLookAt(0, ctx.clock.now());
  await decisionStore.updateDecision(tx, decision.id, { postedAt: visibleAt, lookDueAt });
  await wakeAnswers(ctx, tx, decision.issueId);
  if (await evidenceStore.markExposed(tx, decision.issueId, visibleAt)) {
    await resolveLabelsOfIssue(tx, decision.issueId, ctx.clock.now());
  }
  // A comment that GitHub took late may hold a decision that is replaced already.
  const newest = (await decisionStore.latestPostedDecision(tx, decision.issueId)) ?? decision;
  for (const older of await decisionStore.supersedeOlder(tx, newest)) {
    await refreshDecisionComment(ctx, tx, older.id);
  }
  const snapshot = await proposalStore.getSnapshot(tx, decision.snapshotId);
  if (snapshot && !snapshot.erasedAt) {
    await announceNewer(ctx, tx, decision, await newerThan(tx, decision.issueId, snapshot.input));
  }
}

/** Commands that were written to the decision wait until it is on record. */
async function wakeAnswers(ctx: AppContext, tx: AppContext['db'], issueId: number): Promise<void> {
  const waiting = await commandStore.pendingCommands(tx, issueId, LANE_VERBS);
  if (waiting.length > 0) await createWakeUps(ctx.jobs).issue(tx, issueId);
}

/**
 * By GitHub's own clock, which also dates what people answer: an answer may come before we hear of our own write.
 * What stood there before this step counts if it shows the decision: that write was not recorded.
 */
function visibleSince({ comment, before }: AppliedComment, decisionId: string): Date {
  const shown = before?.body.includes(decisionId) ? before : comment;
  return new Date(shown.updatedAt);
}
