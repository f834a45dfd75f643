/** Every command ends here: with one stated outcome, its reaction, and a notice where silence would puzzle. */
import type { AppContext, Db } from '../../ports.ts';
import type { CommandOutcome } from '../../schema/index.ts';
import { commandStore, type issueStore } from '../../store/index.ts';
import { unwantReaction, wantReaction } from './want.ts';

type Command = commandStore.Command;

const SUCCESSES: ReadonlySet<CommandOutcome> = new Set(['done', 'dry-run', 'undecided']);

export interface Outcome {
  readonly outcome: CommandOutcome;
  /** One plain sentence for `status`; null when the outcome says it all. */
  readonly detail?: string | null;
}

export async function finishCommand(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
  command: Command,
  { outcome, detail = null }: Outcome,
): Promise<void> {
  const finished = await commandStore.finishCommand(tx, command.id, { outcome, detail, at: ctx.clock.now() });
  if (!finished) return;
  const isSuccess = SUCCESSES.has(outcome);
  await wantReaction(ctx, tx, issue, command.commentId, isSuccess ? 'rocket' : 'confused');
  // It had failed before and was replayed; another command of its comment may have failed, too.
  if (isSuccess && !(await hasFailedBeside(tx, command)))
    await unwantReaction(ctx, tx, issue, command.commentId, 'confused');
}

async function hasFailedBeside(tx: Db, { id, issueId, commentId }: Command): Promise<boolean> {
  const beside = await commandStore.commandsOfComment(tx, issueId, commentId);
  return beside.some((one) => one.id !== id && one.outcome !== null && !SUCCESSES.has(one.outcome));
}

/** Ends all commands that wait for the same thing. */
export async function finishCommands(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
  commands: readonly Command[],
  outcome: Outcome,
): Promise<void> {
  for (const command of commands) await finishCommand(ctx, tx, issue, command, outcome);
}
