import type { IssueEvent } from '../../pipeline/webhook/events.ts';
import { effectStore, type issueStore, repositoryStore, runStore } from '../../store/index.ts';
import { eraseIssue } from '../erasure/erase-issue.ts';
import { hearIssue } from '../evidence/hear-issue.ts';
import { isShown } from '../lane/is-shown.ts';
import { createWakeUps } from '../queues.ts';
import { planRun } from '../support/plan-run.ts';
import { storedConfig } from '../support/repository-config.ts';
import { giveUpIssue } from './give-up.ts';
import { type Application, recordIssue } from './record.ts';

export async function applyIssue(application: Application, event: IssueEvent): Promise<void> {
  if (event.issue.isPullRequest) return;
  const { ctx, tx } = application;
  const issue = await recordIssue(tx, event);
  await hearIssue(application, issue, event);
  // What nobody commanded is judged before more is said.
  if (event.action === 'assigned') await planRun(ctx, tx, issue);
  if (event.action === 'labeled') await beginOnLabel(application, issue, event.label);
  switch (event.action) {
    case 'unlocked':
      await effectStore.unpark(tx, 'locked', { issueId: issue.id });
      return createWakeUps(ctx.jobs).outbox(tx, issue.installationId);
    case 'deleted':
    case 'transferred':
      await giveUpIssue(application, issue.id, event.action);
      if (event.action === 'transferred') return;
      return eraseIssue(tx, issue.id, { reason: 'deleted', at: ctx.clock.now(), rerender: null });
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

/** Mode `label`: the configured label is as good as the command, from whoever may set labels. */
async function beginOnLabel(
  { ctx, tx }: Application,
  issue: issueStore.LocatedIssue,
  label: string | null,
): Promise<void> {
  const { config } = storedConfig(await repositoryStore.getRepository(tx, issue.repositoryId));
  const isAsked = config.mode === 'label' && config.label.toLowerCase() === label?.toLowerCase();
  if (!isAsked || issue.pausedAt || issue.state === 'closed') return;
  const isWaiting = (await runStore.openRuns(tx, issue.id)).some(
    (run) => run.state === 'waiting' && isShown(run) && run.cancelRequestedBy === null,
  );
  if (isWaiting) return;
  await runStore.insertRun(tx, issue.id, 'label');
  await createWakeUps(ctx.jobs).issue(tx, issue.id);
}
