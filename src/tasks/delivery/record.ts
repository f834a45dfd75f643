/** What every event makes known first: its installation, its repository, its issue, with their names of now. */
import type { WebhookEvent } from '../../pipeline/webhook/events.ts';
import type { AppContext, Db } from '../../ports.ts';
import { installationStore, issueStore, repositoryStore } from '../../store/index.ts';

/** Where an event is applied. */
export interface Application {
  readonly ctx: AppContext;
  readonly tx: Db;
}

export async function recordRepository(
  tx: Db,
  {
    installationId,
    repository,
  }: Extract<WebhookEvent, { kind: 'repository' | 'issue' | 'comment' | 'pull-request' }>,
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
