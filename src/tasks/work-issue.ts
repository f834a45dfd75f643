/**
 * The lane of one issue: its commands in the order of their comments, then the run they asked for, until
 * nothing is left. The queue never runs two of these for the same issue at once.
 */
import type { AppContext } from '../ports.ts';
import { commandStore, installationStore, issueStore, runStore } from '../store/index.ts';
import { workCommand } from './lane/work-command.ts';
import { workRun } from './lane/work-run.ts';
import { issueJob, LANE_VERBS } from './queues.ts';

export async function workIssue(ctx: AppContext, data: unknown, signal: AbortSignal): Promise<void> {
  const { issueId } = issueJob.parse(data);
  for (;;) {
    signal.throwIfAborted();
    const issue = await issueStore.getIssue(ctx.db, issueId);
    if (!issue) return;
    const installation = await installationStore.getInstallation(ctx.db, issue.installationId);
    if (installation?.status !== 'active') return;

    const [command] = await commandStore.pendingCommands(ctx.db, issueId, LANE_VERBS);
    if (command) {
      await workCommand(ctx, issue, command);
      continue;
    }
    const run = await runStore.nextRun(ctx.db, issueId);
    if (!run) return;
    const settled = await workRun(ctx, issue, run, signal);
    if (!settled) return;
  }
}
