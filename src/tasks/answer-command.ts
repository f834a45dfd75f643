/**
 * Commands that do not wait for the issue's lane: `status`, `help`, `cancel`, and words we do not know. Somebody
 * who asks what is going on, or wants it to stop, must not stand behind what is going on.
 */

import type { ParsedCommand } from '../pipeline/command/grammar.ts';
import { renderStatus } from '../pipeline/comment/notices.ts';
import type { AppContext, Db, JobTools } from '../ports.ts';
import { commandStore, issueStore, runStore } from '../store/index.ts';
import { commandJob, createWakeUps, IMMEDIATE_VERBS, readJob } from './queues.ts';
import { authorise } from './support/authorise.ts';
import { isOverBudget } from './support/budget.ts';
import { finishCommand, finishCommands, type Outcome } from './support/finish.ts';
import { wantHelp, wantNotice, wantRefusal } from './support/notices.ts';
import { readRepositoryConfig } from './support/repository-config.ts';
import { statusView } from './support/status-view.ts';
import { tryCommand } from './support/try-command.ts';
import { wantAnswer } from './support/want.ts';

export async function answerCommand(
  ctx: AppContext,
  data: unknown,
  { signal }: Pick<JobTools, 'signal'>,
): Promise<void> {
  const job = readJob(ctx, commandJob, data);
  const command = job && (await commandStore.getCommand(ctx.db, job.commandId));
  if (command?.state !== 'pending') return;
  if (!IMMEDIATE_VERBS.some((verb) => verb === command.verb)) {
    ctx.logger.warn({ command: command.id, verb: command.verb }, 'a command of another version was left');
    return;
  }
  const issue = await issueStore.getIssue(ctx.db, command.issueId);
  if (!issue || issue.repositoryRemovedAt) return;
  await ctx.failpoint('answer.taken');
  const tried = await tryCommand(ctx, issue, command, signal, () => answerOnce(ctx, issue, command));
  if (tried.kind === 'waits' && tried.wakeInMs !== null) {
    await createWakeUps(ctx.jobs).command(ctx.db, command.id, Math.ceil(tried.wakeInMs / 1000));
  }
}

async function answerOnce(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  command: commandStore.Command,
): Promise<void> {
  const parsed = command.parsed as ParsedCommand;
  const mayCancel = parsed.verb === 'cancel' && (await isAllowed(ctx, issue, command));
  await ctx.db.transaction(async (tx) => {
    // No command may join a run while it is looked whether the run is to stop.
    if (mayCancel) await issueStore.lockIssue(tx, issue.id);
    if (!(await commandStore.holdCommand(tx, command.id))) return;
    const outcome = await answer(ctx, tx, issue, command, parsed, mayCancel);
    await finishCommand(ctx, tx, issue, command, outcome);
    await wantNotice(ctx, tx, issue, command, outcome);
    await ctx.failpoint('answer.ending');
  });
  await ctx.failpoint('answer.ended');
}

async function isAllowed(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  command: commandStore.Command,
): Promise<boolean> {
  const { config } = await readRepositoryConfig(ctx, issue);
  return (await authorise(ctx, issue, 'cancel', command.actorLogin, config)).allowed;
}

async function answer(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
  command: commandStore.Command,
  parsed: ParsedCommand,
  mayCancel: boolean,
): Promise<Outcome> {
  if (issue.goneAt) return { outcome: 'gone', detail: `the issue was ${issue.goneReason}` };
  if (parsed.verb === 'cancel') return cancel(ctx, tx, issue, command, parsed, mayCancel);
  if (await isOverBudget(ctx, tx, issue.id)) {
    return { outcome: 'over-budget', detail: 'too many questions on this issue within an hour' };
  }
  if (parsed.error !== undefined) return { outcome: 'invalid', detail: parsed.error };
  if (parsed.verb === 'status') {
    const body = renderStatus(await statusView(ctx, tx, issue));
    await wantAnswer(ctx, tx, issue, { kind: 'status', id: `status-${issue.id}`, body });
    return { outcome: 'done' };
  }
  const unknownWord = parsed.verb === 'unknown' ? parsed.word : null;
  await wantHelp(ctx, tx, issue, { unknownWord });
  return unknownWord === null
    ? { outcome: 'done' }
    : { outcome: 'unknown-verb', detail: `there is no command “${unknownWord}”` };
}

/** Ends the `choose` commands that were written before this one, and the runs that nobody asked for since. */
async function cancel(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
  command: commandStore.Command,
  parsed: ParsedCommand,
  mayCancel: boolean,
): Promise<Outcome> {
  if (!mayCancel) {
    await wantRefusal(ctx, tx, issue, command);
    return { outcome: 'refused', detail: 'only managers of the repository may' };
  }
  if (parsed.error !== undefined) return { outcome: 'invalid', detail: parsed.error };
  const stopped = await runStore.requestCancel(tx, command);
  // Those of the stopped runs end with their run.
  const waiting = (await commandStore.unfinishedCommands(tx, issue.id)).filter(
    (one) => one.verb === 'choose' && isBefore(one, command) && !stopped.some((id) => id === one.runId),
  );
  await finishCommands(ctx, tx, issue, waiting, {
    outcome: 'cancelled',
    detail: `cancelled by ${command.actorLogin}`,
  });
  return stopped.length + waiting.length > 0
    ? { outcome: 'done', detail: 'cancelled' }
    : { outcome: 'nothing-to-cancel', detail: 'nothing that was asked for before is under way' };
}

function isBefore(one: commandStore.Command, other: commandStore.Command): boolean {
  return one.commentId === other.commentId ? one.ordinal < other.ordinal : one.commentId < other.commentId;
}
