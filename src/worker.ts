/** Registers the queues and the rounds: which task works off what. No logic of its own. */
import type { AppContext, JobTools } from './ports.ts';
import { answerCommand } from './tasks/answer-command.ts';
import { answerTicks } from './tasks/answer-tick.ts';
import { eraseDue } from './tasks/erasure/erase-due.ts';
import { followTraining } from './tasks/follow-training.ts';
import { markRetracted } from './tasks/learning/mark-retracted.ts';
import { takeTurn } from './tasks/learning/take-turn.ts';
import { lookAround } from './tasks/look-around.ts';
import { lookAtIssue } from './tasks/look-at-issue.ts';
import { maintain } from './tasks/maintain.ts';
import { processDeliveries } from './tasks/process-deliveries.ts';
import { QUEUES } from './tasks/queues.ts';
import { type RunningRounds, startRounds } from './tasks/rounds.ts';
import { sweep } from './tasks/sweep/sweep.ts';
import { workIssue } from './tasks/work-issue.ts';
import { writeEffects } from './tasks/write-effects.ts';

/** Milliseconds between two looks for what is to be forgotten. */
const ERASURE_MS = 60_000;

const MAINTENANCE_MS = 3_600_000;
/** Before the first vacuum: also a process that is restarted every hour gets to it. Milliseconds. */
const FIRST_MAINTENANCE_MS = 5 * 60_000;

/** Milliseconds that a walk through everything that there is may take; learning asks the judge about every holdout. */
const LONGEST_WALK_MS = 3_600_000;
const LONGEST_LEARNING_MS = 24 * 3_600_000;

const TASKS = {
  delivery: processDeliveries,
  command: answerCommand,
  tick: answerTicks,
  issue: workIssue,
  outbox: writeEffects,
  look: lookAtIssue,
} satisfies Partial<Record<keyof typeof QUEUES, Task>>;

/** Jobs of each queue that one process runs at once. Commands, ticks and looks are short. */
function jobsAtOnce(concurrency: number): Record<keyof typeof TASKS, number> {
  const half = Math.ceil(concurrency / 2);
  return {
    delivery: concurrency,
    issue: concurrency,
    outbox: concurrency,
    command: half,
    look: half,
    tick: 1,
  };
}

type Task = (ctx: AppContext, data: unknown, tools: JobTools) => Promise<void>;

/** Begins to work, with what was left over when the last process ended. */
export async function startWorking(
  ctx: AppContext,
  options: { readonly vacuum: boolean },
): Promise<RunningRounds> {
  const atOnce = jobsAtOnce(ctx.config.concurrency);
  for (const name of Object.keys(TASKS) as (keyof typeof TASKS)[]) {
    await ctx.jobs.work(QUEUES[name], { concurrency: atOnce[name] }, (data, tools) =>
      TASKS[name](ctx, data, tools),
    );
  }
  await lookAround(ctx);
  return startRounds(ctx, [
    { name: 'look-around', everyMs: ctx.config.lookAroundMs, turn: async () => void (await lookAround(ctx)) },
    {
      name: 'sweep',
      everyMs: ctx.config.sweepMs,
      longestMs: LONGEST_WALK_MS,
      turn: (signal) => sweep(ctx, signal),
    },
    {
      name: 'erasure',
      everyMs: ERASURE_MS,
      longestMs: LONGEST_WALK_MS,
      turn: (signal) => eraseDue(ctx, signal),
    },
    {
      name: 'mark-retracted',
      everyMs: ctx.config.lookAroundMs,
      turn: (signal) => markRetracted(ctx, signal),
    },
    {
      name: 'maintenance',
      everyMs: MAINTENANCE_MS,
      firstAfterMs: FIRST_MAINTENANCE_MS,
      longestMs: LONGEST_WALK_MS,
      turn: () => maintain(ctx, options),
    },
    {
      name: 'follow-training',
      everyMs: ctx.config.trainer.followMs,
      turn: (signal) => followTraining(ctx, signal),
    },
    {
      name: 'learn',
      everyMs: ctx.config.learning.everyMs,
      firstAfterMs: ctx.config.learning.everyMs,
      longestMs: LONGEST_LEARNING_MS,
      turn: (signal) => takeTurn(ctx, signal),
    },
  ]);
}
