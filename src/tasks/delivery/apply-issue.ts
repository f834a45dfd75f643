import type { IssueEvent } from '../../pipeline/webhook/events.ts';
import { commandStore, effectStore, issueStore, runStore } from '../../store/index.ts';
import { hearIssue } from '../evidence/hear-issue.ts';
import { createWakeUps } from '../queues.ts';
import { type Application, recordIssue } from './record.ts';

export async function applyIssue(application: Application, event: IssueEvent): Promise<void> {
  if (event.issue.isPullRequest) return;
  const { ctx, tx } = application;
  const issue = await recordIssue(tx, event);
  await hearIssue(application, issue, event);
  switch (event.action) {
    case 'unlocked':
      await effectStore.unparkIssue(tx, issue.id, 'locked');
      return createWakeUps(ctx.jobs).outbox(tx, issue.installationId);
    case 'deleted':
    case 'transferred':
      return giveUp(application, issue, event.action);
    case 'opened':
    case 'edited':
    case 'closed':
    case 'reopened':
    case 'locked':
    case 'assigned':
    case 'unassigned':
    case 'labeled':
    case 'unlabeled':
      return; // The issue's row says all there is to say.
    default:
      event.action satisfies never;
  }
}

/** A deleted issue is gone; a transferred one lives on under another id, which its own webhooks bring. */
async function giveUp(
  { ctx, tx }: Application,
  issue: issueStore.LocatedIssue,
  reason: 'deleted' | 'transferred',
): Promise<void> {
  const at = ctx.clock.now();
  await issueStore.markIssueGone(tx, issue.id, reason, at);
  for (const command of await commandStore.unfinishedCommands(tx, issue.id)) {
    await commandStore.finishCommand(tx, command.id, {
      outcome: 'gone',
      detail: `the issue was ${reason}`,
      at,
    });
  }
  for (const run of await runStore.openRuns(tx, issue.id)) {
    await runStore.finishRun(tx, run.id, { state: 'cancelled', error: `the issue was ${reason}`, at });
  }
  await effectStore.moveEffects(tx, issue.id, 'pending', 'abandoned', `the issue was ${reason}`);
  await effectStore.moveEffects(tx, issue.id, 'parked', 'abandoned', `the issue was ${reason}`);
}
