/** A maintainer's answer to a decision: the signal, the decision's state, the label, and the comment's state line. */
import { type LabelSignal, resolveLabel } from '../../pipeline/feedback/label.ts';
import type { AppContext, Db } from '../../ports.ts';
import type { DecisionState } from '../../schema/index.ts';
import { decisionStore, type issueStore, signalStore } from '../../store/index.ts';
import { refreshDecisionComment } from './decision-comment.ts';

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
      exposed: decision.postedAt !== null && decision.postedAt <= feedback.at,
      evidenceUrl: `https://github.com/${issue.owner}/${issue.repositoryName}/issues/${issue.number}#issuecomment-${feedback.evidenceCommentId}`,
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
  const label = resolveLabel(signals.map(toLabelSignal));
  const at = ctx.clock.now();
  await signalStore.replaceLabel(
    tx,
    decision.snapshotId,
    label && {
      ...label,
      signalIds: [...label.signalIds],
      snapshotId: decision.snapshotId,
      reasonClass: label.verdict === 'none-acceptable' ? 'none' : 'unknown',
      resolvedAt: at,
    },
    at,
  );
  const last = signals.filter((signal) => signal.withdrawnAt === null).at(-1);
  await decisionStore.updateDecision(tx, decision.id, {
    state: last ? STATE_AFTER[last.polarity] : 'proposed',
    stateBy: last?.actorLogin ?? null,
    stateReason: last?.reason ?? null,
    overriddenTo: last?.polarity === 'override' ? last.proposalNumber : null,
  });
  await refreshDecisionComment(ctx, tx, decision.id);
}

function toLabelSignal(signal: signalStore.Signal): LabelSignal {
  return { ...signal, withdrawn: signal.withdrawnAt !== null };
}
