/** `accept`, `override` and `reject`: a signal on the decision that was visible when the command was written. */
import type { CommandRequest } from '../../pipeline/command/grammar.ts';
import { resolveWhich } from '../../pipeline/command/which.ts';
import type { AppContext } from '../../ports.ts';
import { decisionStore, proposalStore } from '../../store/index.ts';
import type { Outcome } from '../support/finish.ts';
import { assertNoDecisionBeingPosted } from '../support/no-decision-being-posted.ts';
import { recordFeedback } from '../support/record-feedback.ts';
import type { LaneCommand } from './work-command.ts';

type FeedbackCommand = Extract<CommandRequest, { verb: 'accept' | 'override' | 'reject' }>;

export async function giveFeedback(
  ctx: AppContext,
  { row, issue, role }: LaneCommand,
  request: FeedbackCommand,
): Promise<Outcome> {
  await assertNoDecisionBeingPosted(ctx, issue.id);
  const decision = await decisionStore.decisionPostedBy(ctx.db, issue.id, row.createdAt);
  if (!decision) return { outcome: 'no-decision', detail: `there was no decision to ${request.verb} yet` };
  if (request.verb === 'accept' && decision.chosen === null) {
    // Too close to tell is no word that none would do, and must not be learned as one.
    return {
      outcome: 'no-decision',
      detail: 'nothing was chosen; `/manager override` takes a proposal, `/manager reject` none of them',
    };
  }
  const answer = await answeredProposal(ctx, decision, request);
  if ('problem' in answer) return { outcome: 'invalid', detail: answer.problem };
  await recordFeedback(ctx, issue, decision, {
    key: `command:${row.id}`,
    source: 'command',
    polarity: request.verb,
    proposalNumber: answer.number,
    actor: { id: row.actorId, login: row.actorLogin, role },
    reason: 'reason' in request ? request.reason : null,
    at: row.createdAt,
    evidenceCommentId: row.commentId,
  });
  await ctx.failpoint('feedback.recorded');
  return { outcome: 'done', detail: detailOf(request.verb, answer.number) };
}

async function answeredProposal(
  ctx: AppContext,
  decision: decisionStore.Decision,
  request: FeedbackCommand,
): Promise<{ number: number | null } | { problem: string }> {
  if (request.verb === 'accept') return { number: decision.chosen };
  if (request.verb === 'reject') return { number: null };
  const proposals = await proposalStore.listProposals(ctx.db, decision.issueId);
  const standing = proposals.filter(({ droppedAt }) => droppedAt === null);
  const which = resolveWhich(request.which, standing);
  return which.ok ? { number: which.proposal.number } : { problem: which.error };
}

function detailOf(verb: FeedbackCommand['verb'], number: number | null): string {
  if (verb === 'override') return `overridden to proposal ${number}`;
  return verb === 'accept' ? 'accepted' : 'rejected';
}
