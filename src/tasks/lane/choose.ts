import type { CommandRequest } from '../../pipeline/command/grammar.ts';
import type { CommentReference } from '../../pipeline/command/which.ts';
import type { AppContext } from '../../ports.ts';
import { commandStore, issueStore, runStore } from '../../store/index.ts';
import type { Outcome } from '../support/finish.ts';
import type { LaneCommand } from './work-command.ts';

type ChooseCommand = Extract<CommandRequest, { verb: 'choose' }>;

/** Attaches the command to the issue's waiting run: a burst makes one run, however many ask. */
export async function choose(
  ctx: AppContext,
  { row, issue }: LaneCommand,
  request: ChooseCommand,
): Promise<Outcome | null> {
  if (issue.pausedAt) return { outcome: 'paused', detail: `paused by ${issue.pausedBy}; resume first` };
  if (issue.state === 'closed') return { outcome: 'closed', detail: 'the issue is closed; reopen it first' };
  const stranger = await findStranger(ctx, issue, request.comments);
  if (stranger !== null) {
    return {
      outcome: 'invalid',
      detail: `Comment ${stranger} is no comment of a contributor on this issue; nothing was judged.`,
    };
  }
  await ctx.db.transaction(async (tx) => {
    await issueStore.lockIssue(tx, issue.id);
    if (!(await commandStore.holdCommand(tx, row.id))) return;
    const run = await runStore.waitingRun(tx, issue.id, {
      dryRun: request.dryRun,
      addedCommentIds: request.comments.map((comment) => comment.commentId),
    });
    await commandStore.attachCommand(tx, row.id, run.id);
  });
  await ctx.failpoint('command.attached');
  return null;
}

/**
 * The first of the comments that cannot be a proposal here: it is not there, on another issue, or our own. Who named
 * it must not believe that it was judged.
 */
async function findStranger(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  comments: readonly CommentReference[],
): Promise<number | null> {
  if (comments.length === 0) return null;
  const github = await ctx.github.forInstallation(issue.installationId);
  for (const { commentId } of comments) {
    const found = await github.getComment({ owner: issue.owner, name: issue.repositoryName }, commentId);
    const isHere = found?.url.includes(`/issues/${issue.number}#issuecomment-`);
    if (!isHere || found?.appId === ctx.github.appId) return commentId;
  }
  return null;
}
