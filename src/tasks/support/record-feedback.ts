/** A maintainer's answer to a decision: the signal, the decision's state, the label, and the comment's state line. */

import { reasonOf } from '../../pipeline/feedback/mine/reasons.ts';
import { weightOf } from '../../pipeline/feedback/weights.ts';
import type { AppContext, Db } from '../../ports.ts';
import type { DecisionState } from '../../schema/index.ts';
import { decisionStore, type issueStore, proposalStore, signalStore } from '../../store/index.ts';
import { isExposed } from '../evidence/record.ts';
import { refreshDecisionComment } from './decision-comment.ts';
import { resolveLabelsOfIssue } from './resolve-label.ts';

export interface Feedback {
  /** Recording the same key twice changes nothing. */
  readonly key: string;
  readonly source: 'command' | 'checkbox';
  readonly polarity: 'accept' | 'override' | 'reject';
  /** The proposal it speaks for. */
  readonly proposalNumber: number | null;
  readonly actor: { readonly id: number | null; readonly login: string; readonly role: string | null };
  readonly reason: string | null;
  readonly at: Date;
  readonly evidenceCommentId: number;
}

const STATE_AFTER: Record<Feedback['polarity'], DecisionState> = {
  accept: 'accepted',
  override: 'overridden',
  reject: 'rejected',
};

export async function recordFeedback(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  decision: decisionStore.Decision,
  feedback: Feedback,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await signalStore.recordSignal(tx, {
      key: feedback.key,
      issueId: issue.id,
      decisionId: decision.id,
      snapshotId: decision.snapshotId,
      source: feedback.source,
      polarity: feedback.polarity,
      proposalNumber: feedback.proposalNumber,
      actorId: feedback.actor.id,
      actorLogin: feedback.actor.login,
      actorRole: feedback.actor.role,
      reason: feedback.reason,
      reasonClass: feedback.reason === null ? null : reasonOf(feedback.reason),
      weight: weightOf(feedback),
      exposed: await isExposed(tx, issue.id, feedback.at),
      ownProposal: await speaksForOwn(tx, issue.id, feedback),
      verifiedAt: ctx.clock.now(),
      evidenceUrl: `https://github.com/${issue.owner}/${issue.repositoryName}/issues/${issue.number}#issuecomment-${feedback.evidenceCommentId}`,
      evidenceCommentId: feedback.evidenceCommentId,
      createdAt: feedback.at,
    });
    await settle(ctx, tx, decision);
    await ctx.failpoint('feedback.recording');
  });
}

/** Takes a checkbox's signal back when the box is unticked. */
export async function withdrawFeedback(
  ctx: AppContext,
  decision: decisionStore.Decision,
  key: string,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await signalStore.withdrawSignal(tx, key, ctx.clock.now());
    await settle(ctx, tx, decision);
  });
}

/** Brings the decision's state, the label and the comment in line with the signals that stand. */
async function settle(ctx: AppContext, tx: Db, decision: decisionStore.Decision): Promise<void> {
  const signals = await signalStore.signalsOfSnapshot(tx, decision.snapshotId);
  await resolveLabelsOfIssue(tx, decision.issueId, ctx.clock.now());
  const last = signals.filter((signal) => signal.withdrawnAt === null && signal.source !== 'reaction').at(-1);
  await decisionStore.updateDecision(tx, decision.id, {
    state: last ? STATE_AFTER[last.polarity] : 'proposed',
    stateBy: last?.actorLogin ?? null,
    stateReason: last?.reason ?? null,
    overriddenTo: last?.polarity === 'override' ? last.proposalNumber : null,
  });
  await refreshDecisionComment(ctx, tx, decision.id);
}

async function speaksForOwn(tx: Db, issueId: number, feedback: Feedback): Promise<boolean> {
  if (feedback.proposalNumber === null) return false;
  const proposals = await proposalStore.listProposals(tx, issueId);
  const named = proposals.find(({ number }) => number === feedback.proposalNumber);
  return named?.authorLogin.toLowerCase() === feedback.actor.login.toLowerCase();
}
