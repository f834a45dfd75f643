/** Keeps every revision of every proposal as it is written, and tells the decision's readers that something is newer. */
import { headingsOf } from '../../pipeline/command/repository-config.ts';
import { classifyComment } from '../../pipeline/proposals/detect.ts';
import type { ThreadComment } from '../../pipeline/thread/types.ts';
import type { CommentEvent } from '../../pipeline/webhook/events.ts';
import { decisionStore, type issueStore, proposalStore, repositoryStore } from '../../store/index.ts';
import { announceNewer } from '../support/newer-proposals.ts';
import { storedConfig } from '../support/repository-config.ts';
import { addProposal, reviseProposal } from '../support/sync-thread.ts';
import type { Application } from './record.ts';

export async function trackProposal(
  application: Application,
  issue: issueStore.LocatedIssue,
  event: CommentEvent,
): Promise<void> {
  const changed = await recordChange(application, issue, event);
  if (changed === null) return;
  const { ctx, tx } = application;
  // A decision whose comment is still on its way learns of it when that appears (outbox/after-applied.ts).
  const decision = await decisionStore.latestPostedDecision(tx, issue.id);
  if (decision) await announceNewer(ctx, tx, decision, [changed]);
}

/** @returns the number of the proposal that is new or has a new text, else null. */
async function recordChange(
  { ctx, tx }: Application,
  issue: issueStore.LocatedIssue,
  event: CommentEvent,
): Promise<number | null> {
  const known = await proposalStore.findProposalByComment(tx, issue.id, event.comment.id);
  const comment = toThreadComment(event);
  const { config } = storedConfig(await repositoryStore.getRepository(tx, issue.repositoryId));
  const isProposal = classifyComment(comment.body, headingsOf(config)) === 'proposal';
  if (known) {
    if (await proposalStore.isOutdated(tx, known, new Date(event.comment.updatedAt))) return null;
    if (!isProposal && known.source !== 'manual') {
      await proposalStore.setProposalDropped(tx, known.id, ctx.clock.now());
      return null;
    }
    return (await reviseProposal(tx, known, { comment })) ? known.number : null;
  }
  return isProposal ? addProposal(tx, issue.id, { comment, source: 'heading' }) : null;
}

function toThreadComment({ comment }: CommentEvent): ThreadComment {
  return { ...comment, minimized: false };
}
