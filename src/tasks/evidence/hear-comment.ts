/**
 * A comment may say which proposal is taken. What it says is recorded at once, with the time and the exposure of that
 * moment, and counts as soon as its author turns out to have a say.
 */
import { parseCommands } from '../../pipeline/command/parse.ts';
import { mineComment } from '../../pipeline/feedback/mine/mine.ts';
import type { MinedSignal } from '../../pipeline/feedback/mine/types.ts';
import { weightOf } from '../../pipeline/feedback/weights.ts';
import type { CommentEvent } from '../../pipeline/webhook/events.ts';
import { evidenceStore, type issueStore, proposalStore } from '../../store/index.ts';
import type { Application } from '../delivery/record.ts';
import { createWakeUps } from '../queues.ts';
import { isSameLogin, recordEvidence, resolveLabels } from './record.ts';

export async function hearComment(
  application: Application,
  issue: issueStore.LocatedIssue,
  event: CommentEvent,
): Promise<void> {
  const place = { ...application, issue };
  const { ctx, tx } = application;
  const proposals = await proposalStore.listProposals(tx, issue.id);
  const signals = mine(event, proposals);
  const keptKeys = signals.map((signal) => keyOf(event.comment.id, signal));
  const at = ctx.clock.now();
  const where = { issueId: issue.id, commentId: event.comment.id, keptKeys };
  const withdrawn = event.action === 'created' ? 0 : await evidenceStore.withdrawEvidence(tx, where, at);
  if (withdrawn > 0) await resolveLabels(place);
  const standing = await evidenceStore.standingKeys(tx, keptKeys);
  for (const signal of signals) {
    if (standing.has(keyOf(event.comment.id, signal))) continue;
    await recordEvidence(place, toEvidence(event, signal, proposals));
  }
  if (signals.length > 0) await createWakeUps(ctx.jobs).look(tx, issue.id);
}

/** Commands speak for themselves, and bots repeat what people decided. */
function mine(event: CommentEvent, proposals: readonly proposalStore.Proposal[]): MinedSignal[] {
  const { comment } = event;
  if (comment.author.isBot || parseCommands(comment.body).length > 0) return [];
  const earlier = proposals.filter((proposal) => proposal.commentId <= comment.id);
  return mineComment({ id: comment.id, authorLogin: comment.author.login, body: comment.body }, earlier);
}

function keyOf(commentId: number, { polarity, proposalNumber }: MinedSignal): string {
  return `comment:${commentId}:${polarity}:${proposalNumber ?? 'none'}`;
}

function toEvidence(event: CommentEvent, signal: MinedSignal, proposals: readonly proposalStore.Proposal[]) {
  const { comment } = event;
  const target = proposals.find(({ number }) => number === signal.proposalNumber);
  return {
    key: keyOf(comment.id, signal),
    source: 'comment' as const,
    polarity: signal.polarity,
    proposalNumber: signal.proposalNumber,
    targetCommentId: signal.targetCommentId,
    actorId: comment.author.id,
    actorLogin: comment.author.login,
    rule: signal.rule,
    reasonClass: signal.reasonClass,
    weight: weightOf({ source: 'comment', strength: signal.strength, roleVerified: true }),
    ownProposal: target !== undefined && isSameLogin(target.authorLogin, comment.author.login),
    evidenceUrl: comment.url,
    evidenceCommentId: comment.id,
    verifiedAt: null,
    // An edit speaks from the moment it was made.
    createdAt: new Date(event.action === 'created' ? comment.createdAt : comment.updatedAt),
  };
}
