/** Registers the queues: which task works off which job. No logic of its own. */
import type { AppContext, JobTools } from './ports.ts';
import { effectStore, runStore } from './store/index.ts';
import { answerCommand } from './tasks/answer-command.ts';
import { answerTick } from './tasks/answer-tick.ts';
import { lookAtIssue } from './tasks/look-at-issue.ts';
import { processDeliveries } from './tasks/process-deliveries.ts';
import { createWakeUps, QUEUES } from './tasks/queues.ts';
import { workIssue } from './tasks/work-issue.ts';
import { writeEffects } from './tasks/write-effects.ts';

/** Jobs of each queue that one process runs at once. */
const CONCURRENCY = { delivery: 4, command: 2, tick: 1, issue: 4, outbox: 4, look: 2 } as const;

export async function registerWorkers(ctx: AppContext): Promise<void> {
  const { jobs } = ctx;
  await jobs.work(QUEUES.delivery, { concurrency: CONCURRENCY.delivery }, (data, tools: JobTools) =>
    processDeliveries(ctx, data, tools.signal),
  );
  await jobs.work(QUEUES.command, { concurrency: CONCURRENCY.command }, (data) => answerCommand(ctx, data));
  await jobs.work(QUEUES.tick, { concurrency: CONCURRENCY.tick }, (data) => answerTick(ctx, data));
  await jobs.work(QUEUES.issue, { concurrency: CONCURRENCY.issue }, (data, tools: JobTools) =>
    workIssue(ctx, data, tools.signal),
  );
  await jobs.work(QUEUES.look, { concurrency: CONCURRENCY.look }, (data) => lookAtIssue(ctx, data));
  await jobs.work(QUEUES.outbox, { concurrency: CONCURRENCY.outbox }, (data, tools: JobTools) =>
    writeEffects(ctx, data, tools.signal),
  );
}

/** Wakes everything that was left over when the last process ended: what is to be done stands in our tables. */
export async function wakeLeftovers(ctx: AppContext): Promise<void> {
  const wake = createWakeUps(ctx.jobs);
  for (const issueId of await runStore.issuesWithOpenWork(ctx.db)) await wake.issue(ctx.db, issueId);
  for (const id of await effectStore.installationsWithPendingEffects(ctx.db)) await wake.outbox(ctx.db, id);
}
