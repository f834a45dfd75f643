/** What was under way on something that is no longer there ends as gone. */
import { commandStore, effectStore, issueStore, runStore } from '../../store/index.ts';
import type { Application } from './record.ts';

/** A deleted issue is gone; a transferred one lives on under another id, which its own webhooks bring. */
export async function giveUpIssue(
  { ctx, tx }: Application,
  issueId: number,
  reason: 'deleted' | 'transferred',
): Promise<void> {
  const at = ctx.clock.now();
  await issueStore.lockIssue(tx, issueId);
  await issueStore.markIssueGone(tx, issueId, reason, at);
  for (const command of await commandStore.unfinishedCommands(tx, issueId)) {
    await commandStore.finishCommand(tx, command.id, {
      outcome: 'gone',
      detail: `the issue was ${reason}`,
      at,
    });
  }
  for (const run of await runStore.openRuns(tx, issueId)) {
    await runStore.finishRun(tx, run.id, { state: 'cancelled', error: `the issue was ${reason}`, at });
  }
  await effectStore.moveEffects(tx, issueId, 'pending', 'abandoned', `the issue was ${reason}`);
  await effectStore.moveEffects(tx, issueId, 'parked', 'abandoned', `the issue was ${reason}`);
}

export async function giveUpRepository(application: Application, repositoryId: number): Promise<void> {
  for (const issueId of await issueStore.issuesOfRepository(application.tx, repositoryId)) {
    await giveUpIssue(application, issueId, 'deleted');
  }
}
