/** What a webhook means for our tables. Everything happens in the transaction that marks the delivery as processed. */
import type { WebhookEvent } from '../../pipeline/webhook/events.ts';
import type { AppContext, Db } from '../../ports.ts';
import { installationStore, issueStore, repositoryStore } from '../../store/index.ts';
import { applyComment } from './apply-comment.ts';
import { applyInstallation, applyInstallationRepositories } from './apply-installation.ts';
import { applyIssue } from './apply-issue.ts';

/** Where an event is applied. */
export interface Application {
  readonly ctx: AppContext;
  readonly tx: Db;
}

export async function applyEvent(application: Application, event: WebhookEvent): Promise<void> {
  const { tx, ctx } = application;
  switch (event.kind) {
    case 'installation':
      return applyInstallation(application, event);
    case 'installation-repositories':
      return applyInstallationRepositories(application, event);
    case 'repository':
      await recordRepository(tx, event);
      if (event.action === 'deleted') {
        await repositoryStore.markRepositoriesRemoved(tx, [event.repository.id], ctx.clock.now());
      }
      return;
    case 'issue':
      await recordRepository(tx, event);
      return applyIssue(application, event);
    case 'comment':
      await recordRepository(tx, event);
      return applyComment(application, event);
    default:
      event satisfies never;
  }
}

async function recordRepository(
  tx: Db,
  { installationId, repository }: Extract<WebhookEvent, { kind: 'repository' | 'issue' | 'comment' }>,
): Promise<void> {
  await installationStore.ensureInstallation(tx, { id: installationId });
  await repositoryStore.upsertRepository(tx, { ...repository, installationId });
}

/** Makes the issue known, with its names and state of now. */
export async function recordIssue(
  tx: Db,
  { issue, repository }: Extract<WebhookEvent, { kind: 'issue' | 'comment' }>,
): Promise<issueStore.LocatedIssue> {
  const { isPullRequest: _ignored, ...facts } = issue;
  await issueStore.upsertIssue(tx, { ...facts, repositoryId: repository.id });
  const located = await issueStore.getIssue(tx, issue.id);
  if (!located) throw new Error(`issue ${issue.id} was not stored`);
  return located;
}
