/**
 * Something happened to a comment of ours. A comment that nobody knew to have arrived is taken up; one that a
 * person deleted is never posted again; a person's edit is either a tick in a known box, which is feedback, or
 * vandalism, which is repaired. Our own edits come back as webhooks and are ignored.
 */
import { type Box, diffTicks } from '../../pipeline/comment/checkboxes.ts';
import { readMarker } from '../../pipeline/comment/marker.ts';
import type { CommentEvent } from '../../pipeline/webhook/events.ts';
import { effectStore, type issueStore, tickStore } from '../../store/index.ts';
import { createWakeUps } from '../queues.ts';
import { markerScope } from '../support/marker.ts';
import { commentKey } from '../support/want.ts';
import type { Application } from './record.ts';

type Issue = issueStore.LocatedIssue;

export async function applyOwnComment(
  application: Application,
  issue: Issue,
  event: CommentEvent,
): Promise<void> {
  const effect =
    (await effectStore.findEffectByComment(application.tx, issue.id, event.comment.id)) ??
    (await effectOfMarker(application, issue, event));
  if (!effect || effect.state === 'tombstoned') return;
  switch (event.action) {
    case 'created':
      return takeUp(application, issue, effect, event);
    case 'deleted':
      return bury(application, effect, event);
    case 'edited':
      if (!event.sender.isBot) await readEdit(application, issue, effect, event);
      return;
    default:
      event.action satisfies never;
  }
}

/** The row that asked for this comment, by the signed marker in its text. */
async function effectOfMarker(
  { ctx, tx }: Application,
  issue: Issue,
  { comment }: CommentEvent,
): Promise<effectStore.Effect | null> {
  const marker = readMarker(comment.body, markerScope(ctx.config, issue));
  return marker && effectStore.lockEffect(tx, commentKey(marker.kind, marker.id));
}

/** GitHub says that it is there, whatever became of the answer to our request. */
async function takeUp(
  { ctx, tx }: Application,
  issue: Issue,
  effect: effectStore.Effect,
  { comment }: CommentEvent,
): Promise<void> {
  if (effect.githubId === comment.id) return;
  if (effect.githubId === null && effect.createAttemptedAt !== null) {
    await effectStore.adoptComment(tx, effect.id, comment, null);
  } else {
    // A second one: the writer looks and keeps the one that is on record.
    await effectStore.lookAgain(tx, [effect.id], ctx.clock.now());
  }
  await createWakeUps(ctx.jobs).outbox(tx, issue.installationId);
}

/** A person deleted it: it is never posted again. What a bot deletes may be our own removal of an extra. */
async function bury(
  { tx }: Application,
  effect: effectStore.Effect,
  { comment, sender }: CommentEvent,
): Promise<void> {
  const isOnRecord = effect.githubId === comment.id;
  const isUnanswered = effect.githubId === null && effect.createAttemptedAt !== null;
  if (!isOnRecord && (!isUnanswered || sender.isBot)) return;
  await effectStore.updateEffect(tx, effect.id, {
    state: 'tombstoned',
    stateReason: `deleted on GitHub by ${sender.login}`,
    githubId: comment.id,
  });
}

async function readEdit(
  { ctx, tx }: Application,
  issue: Issue,
  effect: effectStore.Effect,
  { comment, sender }: CommentEvent,
): Promise<void> {
  const before = effect.appliedBody;
  if (effect.githubId !== comment.id || before === null || before === comment.body) return;
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
  await tickStore.insertTick(tx, {
    issueId: issue.id,
    decisionId,
    commentId: comment.id,
    changes,
    actorId: sender.id,
    actorLogin: sender.login,
    tickedAt: new Date(comment.updatedAt),
  });
  await wake.tick(tx, issue.id);
}

function changed(boxes: readonly Box[], ticked: boolean): { box: Box; ticked: boolean }[] {
  return boxes.map((box) => ({ box, ticked }));
}
