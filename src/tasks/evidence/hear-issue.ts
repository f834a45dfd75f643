/** Being given the issue is a choice of its author's proposal; reopening the issue casts doubt on what was merged. */
import { weightOf } from '../../pipeline/feedback/weights.ts';
import type { IssueEvent } from '../../pipeline/webhook/events.ts';
import { evidenceStore, type issueStore, proposalStore } from '../../store/index.ts';
import type { Application } from '../delivery/record.ts';
import { OUTCOME_WINDOW_MS } from './outcomes.ts';
import { isSameLogin, type Place, proposalBy, recordEvidence, resolveLabels } from './record.ts';

export async function hearIssue(
  application: Application,
  issue: issueStore.LocatedIssue,
  event: IssueEvent,
): Promise<void> {
  const place = { ...application, issue };
  const at = event.at ? new Date(event.at) : application.ctx.clock.now();
  switch (event.action) {
    case 'assigned':
      return hearAssigned(place, event, at);
    case 'unassigned':
      return hearUnassigned(place, event, at);
    case 'reopened':
      return hearReopened(place, event, at);
    default:
      return;
  }
}

/** Only people who may triage can assign, so the role needs no check. */
async function hearAssigned(place: Place, { assignee, sender }: IssueEvent, at: Date): Promise<void> {
  const proposals = await proposalStore.listProposals(place.tx, place.issue.id);
  const proposal = assignee && proposalBy(proposals, assignee.login);
  if (!assignee || !proposal) return;
  await recordEvidence(place, {
    key: assignmentKey(place, assignee.login),
    source: 'assignment',
    polarity: 'accept',
    proposalNumber: proposal.number,
    targetCommentId: proposal.commentId,
    actorId: sender.id,
    actorLogin: sender.login,
    weight: weightOf({ source: 'assignment' }),
    ownProposal: isSameLogin(assignee.login, sender.login),
    evidenceUrl: proposal.url,
    createdAt: at,
  });
  await resolveLabels(place);
}

async function hearUnassigned(place: Place, { assignee }: IssueEvent, at: Date): Promise<void> {
  if (!assignee) return;
  await evidenceStore.withdrawKeys(place.tx, [assignmentKey(place, assignee.login)], at);
  await resolveLabels(place);
}

function assignmentKey({ issue }: Place, login: string): string {
  return `assignment:${issue.id}:${login.toLowerCase()}`;
}

/** Bots reopen to pay or to remind; a person reopens because it is not fixed. */
async function hearReopened(place: Place, { sender }: IssueEvent, at: Date): Promise<void> {
  if (sender.isBot) return;
  const merges = await evidenceStore.evidenceOfKind(place.tx, place.issue.id, 'merge');
  const last = merges.filter((merge) => merge.createdAt <= at).at(-1);
  if (!last || at.getTime() - last.createdAt.getTime() > OUTCOME_WINDOW_MS) return;
  await recordEvidence(place, {
    key: `reopened:${place.issue.id}:${at.toISOString()}`,
    source: 'reopened',
    polarity: 'reject',
    proposalNumber: last.proposalNumber,
    actorId: sender.id,
    actorLogin: sender.login,
    weight: weightOf({ source: 'reopened' }),
    evidenceUrl: last.evidenceUrl,
    createdAt: at,
  });
  await resolveLabels(place);
}
