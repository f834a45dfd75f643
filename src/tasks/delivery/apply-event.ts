/** What a webhook means for our tables. Everything happens in the transaction that marks the delivery as processed. */
import type { WebhookEvent } from '../../pipeline/webhook/events.ts';
import { repositoryStore } from '../../store/index.ts';
import { hearMerge, type MergedPull } from '../evidence/hear-merge.ts';
import { applyComment } from './apply-comment.ts';
import { applyInstallation, applyInstallationRepositories } from './apply-installation.ts';
import { applyIssue } from './apply-issue.ts';
import { giveUpRepository } from './give-up.ts';
import { type Application, recordRepository } from './record.ts';

export async function applyEvent(application: Application, event: WebhookEvent): Promise<void> {
  const { tx, ctx } = application;
  switch (event.kind) {
    case 'installation':
      return applyInstallation(application, event);
    case 'installation-repositories':
      return applyInstallationRepositories(application, event);
    case 'repository':
      await recordRepository(application, event);
      if (event.action === 'deleted') {
        const { installationId, repository } = event;
        const from = { installationId, ids: [repository.id] };
        await repositoryStore.markRepositoriesRemoved(tx, from, ctx.clock.now());
        await giveUpRepository(application, event.repository.id);
      }
      return;
    case 'issue':
      await recordRepository(application, event);
      return applyIssue(application, event);
    case 'comment':
      await recordRepository(application, event);
      return applyComment(application, event);
    case 'pull-request':
      await recordRepository(application, event);
      return hearMerge({ ctx, tx, repository: event.repository }, mergedPull(event));
    default:
      event satisfies never;
  }
}

function mergedPull({ pull, sender }: Extract<WebhookEvent, { kind: 'pull-request' }>): MergedPull {
  const { author, mergedAt, ...facts } = pull;
  return { ...facts, authorLogin: author.login, mergedAt: new Date(mergedAt), merger: sender };
}
