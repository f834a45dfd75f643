import type { IssueEvent } from '../../pipeline/webhook/events.ts';
import { effectStore } from '../../store/index.ts';
import { hearIssue } from '../evidence/hear-issue.ts';
import { createWakeUps } from '../queues.ts';
import { giveUpIssue } from './give-up.ts';
import { type Application, recordIssue } from './record.ts';

export async function applyIssue(application: Application, event: IssueEvent): Promise<void> {
  if (event.issue.isPullRequest) return;
  const { ctx, tx } = application;
  const issue = await recordIssue(tx, event);
  await hearIssue(application, issue, event);
  switch (event.action) {
    case 'unlocked':
      await effectStore.unpark(tx, 'locked', { issueId: issue.id });
      return createWakeUps(ctx.jobs).outbox(tx, issue.installationId);
    case 'deleted':
    case 'transferred':
      return giveUpIssue(application, issue.id, event.action);
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
