/** Keeps every revision of every proposal as it is written, and tells the decision's readers that something is newer. */
import { headingsOf } from '../../pipeline/command/repository-config.ts';
import { classifyComment } from '../../pipeline/proposals/detect.ts';
import type { ThreadComment } from '../../pipeline/thread/types.ts';
import type { CommentEvent } from '../../pipeline/webhook/events.ts';
import { decisionStore, type issueStore, proposalStore, repositoryStore } from '../../store/index.ts';
import { refreshDecisionComment } from '../support/decision-comment.ts';
import { storedConfig } from '../support/repository-config.ts';
import { addProposal, reviseProposal } from '../support/sync-thread.ts';
import type { Application } from './record.ts';

/** People edit several times in a row: the line about newer proposals waits this long. */
const DEBOUNCE_MS = 60_000;

export async function trackProposal(
  application: Application,
  issue: issueStore.LocatedIssue,
  event: CommentEvent,
): Promise<void> {
  const changed = await recordChange(application, issue, event);
  if (changed !== null) await announceNewer(application, issue, changed);
}

/** @returns the number of the proposal that is new or has a new text, else null. */
async function recordChange(
  { ctx, tx }: Application,
  issue: issueStore.LocatedIssue,
  event: CommentEvent,
): Promise<number | null> {
  const known = await proposalStore.findProposalByComment(tx, issue.id, event.comment.id);
  if (event.action === 'deleted') {
    if (known && !known.droppedAt) await proposalStore.setProposalDropped(tx, known.id, ctx.clock.now());
    return null;
  }
  const comment = toThreadComment(event);
  const { config } = storedConfig(await repositoryStore.getRepository(tx, issue.repositoryId));
  const isProposal = classifyComment(comment.body, headingsOf(config)) === 'proposal';
  if (known) {
    if (!isProposal && known.source !== 'manual') {
      await proposalStore.setProposalDropped(tx, known.id, ctx.clock.now());
      return null;
    }
    return (await reviseProposal(tx, known, { comment })) ? known.number : null;
  }
  return isProposal ? addProposal(tx, issue.id, { comment, source: 'heading' }) : null;
}

async function announceNewer(
  { ctx, tx }: Application,
  issue: issueStore.LocatedIssue,
  number: number,
): Promise<void> {
  const decision = await decisionStore.latestPostedDecision(tx, issue.id);
  if (!decision || decision.newerProposals.includes(number)) return;
  const newerProposals = [...decision.newerProposals, number].toSorted((a, b) => a - b);
  await decisionStore.updateDecision(tx, decision.id, { newerProposals });
  const notBefore = new Date(ctx.clock.now().getTime() + DEBOUNCE_MS);
  await refreshDecisionComment(ctx, tx, decision.id, { notBefore });
}

function toThreadComment({ comment }: CommentEvent): ThreadComment {
  return { ...comment, minimized: false };
}
