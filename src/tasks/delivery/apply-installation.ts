import type { InstallationEvent, InstallationRepositoriesEvent } from '../../pipeline/webhook/events.ts';
import { effectStore, installationStore, repositoryStore, runStore } from '../../store/index.ts';
import { createWakeUps } from '../queues.ts';
import type { Application } from './record.ts';

export async function applyInstallation(application: Application, event: InstallationEvent): Promise<void> {
  const { tx } = application;
  const { installationId, account } = event;
  await installationStore.ensureInstallation(tx, {
    id: installationId,
    accountId: account.id,
    accountLogin: account.login,
  });
  for (const repository of event.repositories) {
    await repositoryStore.upsertRepository(tx, { ...repository, installationId });
  }
  switch (event.action) {
    case 'created':
    case 'unsuspend':
    case 'new_permissions_accepted':
      await installationStore.setInstallationStatus(tx, installationId, 'active');
      return resume(application, installationId);
    case 'suspend':
      return installationStore.setInstallationStatus(tx, installationId, 'suspended');
    case 'deleted':
      return installationStore.setInstallationStatus(tx, installationId, 'deleted');
    default:
      event.action satisfies never;
  }
}

/** What was parked or left over while the installation could not be served goes on. */
async function resume({ ctx, tx }: Application, installationId: number): Promise<void> {
  const wake = createWakeUps(ctx.jobs);
  await effectStore.unparkInstallation(tx, installationId, 'suspended');
  await wake.outbox(tx, installationId);
  for (const issueId of await runStore.issuesWithOpenWork(tx, installationId)) await wake.issue(tx, issueId);
}

export async function applyInstallationRepositories(
  { ctx, tx }: Application,
  event: InstallationRepositoriesEvent,
): Promise<void> {
  const { installationId, account } = event;
  await installationStore.ensureInstallation(tx, {
    id: installationId,
    accountId: account.id,
    accountLogin: account.login,
  });
  for (const repository of event.added) {
    await repositoryStore.upsertRepository(tx, { ...repository, installationId });
  }
  await repositoryStore.markRepositoriesRemoved(tx, event.removedIds, ctx.clock.now());
}
