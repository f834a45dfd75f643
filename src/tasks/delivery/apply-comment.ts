/** A comment was written, edited or deleted: it may hold commands, be a proposal, or be one of ours. */
import { hasMaskedCommand, parseCommands } from '../../pipeline/command/parse.ts';
import type { CommentEvent } from '../../pipeline/webhook/events.ts';
import { commandStore, erasureStore, type issueStore } from '../../store/index.ts';
import { forgetDeleted } from '../erasure/forget-deleted.ts';
import { hearComment } from '../evidence/hear-comment.ts';
import { createWakeUps, LANE_VERBS } from '../queues.ts';
import { wantHelp } from '../support/notices.ts';
import { planRun } from '../support/plan-run.ts';
import { wantReaction } from '../support/want.ts';
import { applyOwnComment } from './apply-own-comment.ts';
import { type Application, recordIssue } from './record.ts';
import { trackProposal } from './track-proposal.ts';

export async function applyComment(application: Application, event: CommentEvent): Promise<void> {
  // Commands may stand on pull requests; there we stay silent.
  if (event.issue.isPullRequest) return;
  const issue = await recordIssue(application.tx, event);
  if (event.comment.appId === application.ctx.github.appId) return applyOwnComment(application, issue, event);
  if (event.action === 'deleted') {
    return forgetDeleted(application.ctx, application.tx, issue, event.comment.id);
  }
  // It was deleted before this delivery reached us.
  if (await isErased(application, event)) return;
  await trackProposal(application, issue, event);
  await hearComment(application, issue, event);
  await planRun(application.ctx, application.tx, issue);
  // An edit never adds a command, and bots give none.
  if (event.action === 'created' && !event.comment.author.isBot)
    await takeCommands(application, issue, event);
}

async function takeCommands(
  application: Application,
  issue: issueStore.LocatedIssue,
  { comment }: CommentEvent,
): Promise<void> {
  const { ctx, tx } = application;
  const parsed = parseCommands(comment.body);
  const wake = createWakeUps(ctx.jobs);
  let taken = 0;
  for (const [ordinal, command] of parsed.entries()) {
    const id = await commandStore.insertCommand(tx, {
      issueId: issue.id,
      commentId: comment.id,
      ordinal,
      verb: command.verb,
      parsed: command,
      actorId: comment.author.id,
      actorLogin: comment.author.login,
      createdAt: new Date(comment.createdAt),
    });
    if (id === null) continue;
    taken += 1;
    const waitsItsTurn = LANE_VERBS.some((verb) => verb === command.verb);
    if (waitsItsTurn) await wake.issue(tx, issue.id);
    else await wake.command(tx, id);
  }
  if (taken > 0) await wantReaction(ctx, tx, issue, comment.id, 'eyes');
  else if (parsed.length === 0 && hasMaskedCommand(comment.body))
    await wantHelp(ctx, tx, issue, { masked: true });
}

async function isErased({ tx }: Application, { comment }: CommentEvent): Promise<boolean> {
  return (await erasureStore.erasedComments(tx, [comment.id])).has(comment.id);
}
