/** What every event makes known first: its installation, its repository, its issue, with their names of now. */
import type { WebhookEvent } from '../../pipeline/webhook/events.ts';
import type { AppContext, Db } from '../../ports.ts';
import { effectStore, installationStore, issueStore, repositoryStore } from '../../store/index.ts';
import { resumeRepository } from '../support/resume.ts';

/** Where an event is applied. */
export interface Application {
  readonly ctx: AppContext;
  readonly tx: Db;
}

export async function recordRepository(
  application: Application,
  {
    installationId,
    repository,
  }: Extract<WebhookEvent, { kind: 'repository' | 'issue' | 'comment' | 'pull-request' }>,
): Promise<void> {
  await installationStore.ensureInstallation(application.tx, { id: installationId });
  await makeRepositoryKnown(application, { ...repository, installationId });
}

/**
 * One that comes back into sight, or under another installation, goes on with what was left over. A repository that is
 * known as it is stays untouched: writing its row would make the deliveries of all its issues wait for each other.
 */
export async function makeRepositoryKnown(
  { ctx, tx }: Application,
  facts: repositoryStore.RepositoryFacts,
): Promise<void> {
  const known = await repositoryStore.getRepository(tx, facts.id);
  if (known && repositoryStore.isAsKnown(known, facts)) return;
  await repositoryStore.upsertRepository(tx, facts);
  if (!known) return;
  const hasMoved = known.installationId !== facts.installationId;
  if (hasMoved) await effectStore.moveToInstallation(tx, facts.id, facts.installationId);
  if (hasMoved || known.removedAt) await resumeRepository(ctx, tx, facts);
}

/** Makes the issue known, with its names and state of now; an event that comes late does not undo a later one. */
export async function recordIssue(
  tx: Db,
  { issue, repository }: Extract<WebhookEvent, { kind: 'issue' | 'comment' }>,
): Promise<issueStore.LocatedIssue> {
  const { isPullRequest: _ignored, updatedAt, ...facts } = issue;
  const toldAt = updatedAt === null ? null : new Date(updatedAt);
  await issueStore.upsertIssue(tx, { ...facts, repositoryId: repository.id, toldAt });
  const located = await issueStore.getIssue(tx, issue.id);
  if (!located) throw new Error(`issue ${issue.id} was not stored`);
  return located;
}
