/**
 * The lane of one issue: its commands in the order of their comments, then the run they asked for, until
 * nothing is left. The queue never runs two of these for the same issue at once; a worker that lost its job
 * without noticing is fenced off by the rows themselves (see runs.fence and holdCommand).
 */
import type { AppContext, JobTools } from '../ports.ts';
import { commandStore, installationStore, issueStore, runStore, writeStore } from '../store/index.ts';
import { workCommand } from './lane/work-command.ts';
import { workRun } from './lane/work-run.ts';
import { createWakeUps, issueJob, LANE_VERBS, readJob } from './queues.ts';
import type { Step } from './support/step.ts';
import { tryCommand } from './support/try-command.ts';

export async function workIssue(
  ctx: AppContext,
  data: unknown,
  { signal }: Pick<JobTools, 'signal'>,
): Promise<void> {
  const job = readJob(ctx, issueJob, data);
  if (!job) return;
  for (;;) {
    signal.throwIfAborted();
    const issue = await issueStore.getIssue(ctx.db, job.issueId);
    if (!issue || issue.repositoryRemovedAt) return;
    const installation = await installationStore.getInstallation(ctx.db, issue.installationId);
    if (installation?.status !== 'active') return;
    const pause = await writeStore.readPauseLeft(ctx.db, issue.installationId);
    if (pause > 0) return wakeIn(ctx, issue.id, pause);

    const step = await takeStep(ctx, issue, signal);
    if (step === null) return;
    if (step.kind === 'settled') continue;
    if (step.wakeInMs !== null) await wakeIn(ctx, issue.id, step.wakeInMs);
    return;
  }
}

/** @returns null when nothing is left to do. */
async function takeStep(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  signal: AbortSignal,
): Promise<Step | null> {
  const [command] = await commandStore.pendingCommands(ctx.db, issue.id, LANE_VERBS);
  if (command) return tryCommand(ctx, issue, command, signal, () => workCommand(ctx, issue, command));
  const run = await runStore.nextRun(ctx.db, issue.id);
  return run && workRun(ctx, issue, run, signal);
}

async function wakeIn(ctx: AppContext, issueId: number, ms: number): Promise<void> {
  await createWakeUps(ctx.jobs).issue(ctx.db, issueId, Math.ceil(ms / 1000));
}
