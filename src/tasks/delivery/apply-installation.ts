import type {
  EventRepository,
  InstallationEvent,
  InstallationRepositoriesEvent,
} from '../../pipeline/webhook/events.ts';
import { installationStore, repositoryStore } from '../../store/index.ts';
import { resumeInstallation } from '../support/resume.ts';
import { type Application, makeRepositoryKnown } from './record.ts';

export async function applyInstallation(application: Application, event: InstallationEvent): Promise<void> {
  const { ctx, tx } = application;
  const { installationId } = event;
  await makeInstallationKnown(application, event, event.repositories);
  switch (event.action) {
    case 'created':
    case 'unsuspend':
    case 'new_permissions_accepted':
      await installationStore.setInstallationStatus(tx, installationId, 'active');
      return resumeInstallation(ctx, tx, installationId);
    case 'suspend':
      return installationStore.setInstallationStatus(tx, installationId, 'suspended');
    case 'deleted':
      // What was recorded is erased by the next look for what is to be forgotten (promise 8).
      return installationStore.setInstallationStatus(tx, installationId, 'deleted');
    default:
      event.action satisfies never;
  }
}

export async function applyInstallationRepositories(
  application: Application,
  event: InstallationRepositoriesEvent,
): Promise<void> {
  await makeInstallationKnown(application, event, event.added);
  await repositoryStore.markRepositoriesRemoved(
    application.tx,
    { installationId: event.installationId, ids: event.removedIds },
    application.ctx.clock.now(),
  );
}

async function makeInstallationKnown(
  application: Application,
  { installationId, account }: InstallationEvent | InstallationRepositoriesEvent,
  repositories: readonly EventRepository[],
): Promise<void> {
  await installationStore.ensureInstallation(application.tx, {
    id: installationId,
    accountId: account.id,
    accountLogin: account.login,
  });
  for (const repository of repositories) {
    await makeRepositoryKnown(application, { ...repository, installationId });
  }
}
