/** One attempt at a command that always leads somewhere: it ends, it waits with a wake-up under way, or it is parked. */
import type { AppContext } from '../../ports.ts';
import { commandStore, type issueStore } from '../../store/index.ts';
import { finishCommand } from './finish.ts';
import { wantNotice } from './notices.ts';
import { MAX_ATTEMPTS, weigh } from './patience.ts';
import type { Step } from './step.ts';

type Command = commandStore.Command;

/** @throws what a defect threw while attempts are left: the queue tries again. */
export async function tryCommand(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  command: Command,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<Step> {
  const attempts = await commandStore.beginCommand(ctx.db, command.id);
  if (attempts > MAX_ATTEMPTS) return fail(ctx, issue, command, 'working on it was interrupted too often');
  try {
    await work();
    return { kind: 'settled' };
  } catch (error) {
    if (signal.aborted) {
      await commandStore.setBackCommand(ctx.db, command.id);
      throw error;
    }
    const since = command.receivedAt;
    const setback = await weigh(ctx, issue, { since, setbacks: waitsSoFar(ctx, since) }, error);
    switch (setback.kind) {
      case 'wait':
      case 'parked':
        ctx.logger.warn({ command: command.id, err: error }, 'a command waits');
        await commandStore.setBackCommand(ctx.db, command.id);
        return { kind: 'waits', wakeInMs: setback.kind === 'wait' ? setback.ms : null };
      case 'too-late':
        return fail(ctx, issue, command, setback.reason);
      case 'defect':
        if (attempts < MAX_ATTEMPTS) throw error;
        return fail(ctx, issue, command, setback.reason);
      default:
        return setback satisfies never;
    }
  }
}

async function fail(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  command: Command,
  reason: string,
): Promise<Step> {
  ctx.logger.error({ command: command.id, reason }, 'a command is given up');
  const outcome = { outcome: 'failed', detail: reason } as const;
  await ctx.db.transaction(async (tx) => {
    await finishCommand(ctx, tx, issue, command, outcome);
    await wantNotice(ctx, tx, issue, command, outcome);
  });
  return { kind: 'settled' };
}

/** Waits double, so the time that has passed tells how many there were. */
function waitsSoFar(ctx: AppContext, since: Date): number {
  const seconds = (ctx.clock.now().getTime() - since.getTime()) / 1000;
  return Math.max(0, Math.floor(Math.log2(seconds + 1)));
}
