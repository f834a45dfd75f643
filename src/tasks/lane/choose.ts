import type { CommandRequest } from '../../pipeline/command/grammar.ts';
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
