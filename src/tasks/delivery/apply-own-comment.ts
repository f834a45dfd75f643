/**
 * Something happened to a comment of ours. Our own edits come back as webhooks and are ignored; a person's edit
 * is either a tick in a known box, which is feedback, or vandalism, which is repaired.
 */
import { type Box, diffTicks } from '../../pipeline/comment/checkboxes.ts';
import type { CommentEvent } from '../../pipeline/webhook/events.ts';
import { effectStore, type issueStore } from '../../store/index.ts';
import { createWakeUps } from '../queues.ts';
import type { Application } from './record.ts';

export async function applyOwnComment(
  application: Application,
  issue: issueStore.LocatedIssue,
  event: CommentEvent,
): Promise<void> {
  const { tx } = application;
  const effect = await effectStore.findEffectByComment(tx, issue.id, event.comment.id);
  if (!effect) return;
  if (event.action === 'deleted') return bury(application, effect, event);
  if (event.action === 'edited' && !event.sender.isBot) return readEdit(application, issue, effect, event);
}

/** A person deleted it: it is never posted again. */
async function bury({ tx }: Application, effect: effectStore.Effect, event: CommentEvent): Promise<void> {
  if (event.sender.isBot) return;
  await effectStore.updateEffect(tx, effect.id, {
    state: 'tombstoned',
    stateReason: `deleted on GitHub by ${event.sender.login}`,
  });
}

async function readEdit(
  { ctx, tx }: Application,
  issue: issueStore.LocatedIssue,
  effect: effectStore.Effect,
  { comment, sender }: CommentEvent,
): Promise<void> {
  const before = effect.appliedBody;
  if (before === null || before === comment.body || effect.state === 'tombstoned') return;
  const { ticked, unticked, onlyBoxesChanged } = diffTicks(before, comment.body);
  await effectStore.updateEffect(tx, effect.id, { appliedBody: comment.body });
  const wake = createWakeUps(ctx.jobs);
  const decisionId = effect.target.kind === 'comment' ? effect.target.decisionId : null;
  const changes = onlyBoxesChanged ? [...changed(ticked, true), ...changed(unticked, false)] : [];
  if (decisionId === null || changes.length === 0) {
    // Not an answer to what we wrote: what we wrote is put back.
    await effectStore.repairEffect(tx, effect.id);
    return wake.outbox(tx, issue.installationId);
  }
  await wake.tick(tx, issue.id, {
    decisionId,
    commentId: comment.id,
    changes,
    actor: { id: sender.id, login: sender.login },
    at: comment.updatedAt,
  });
}

function changed(boxes: readonly Box[], ticked: boolean): { box: Box; ticked: boolean }[] {
  return boxes.map((box) => ({ box, ticked }));
}
