/** What is parked waits for an event; events get lost, so GitHub is asked whether the reason still holds. */
import type { AppContext } from '../../ports.ts';
import { effectStore, installationStore, issueStore, repositoryStore } from '../../store/index.ts';
import { createWakeUps } from '../queues.ts';
import { resumeInstallation, resumeRepository } from '../support/resume.ts';
import { visitAll } from './visit-all.ts';

/** Asked for in one sweep at most. */
const MOST = 20;

export async function sweepParked(ctx: AppContext, signal: AbortSignal): Promise<void> {
  await checkInstallations(ctx);
  const locked = await effectStore.issuesParkedByLock(ctx.db, MOST);
  await visitAll(ctx, locked, signal, ({ id }) => checkLock(ctx, id));
  const removed = await repositoryStore.removedWithWork(ctx.db, MOST);
  await visitAll(ctx, removed, signal, (repository) => checkRepository(ctx, repository));
}

/** Suspended, unsuspended or deleted while nobody told us. */
async function checkInstallations(ctx: AppContext): Promise<void> {
  // Read before GitHub is asked: one that is installed meanwhile must not count as deleted, and be erased.
  const recorded = await installationStore.listInstallations(ctx.db);
  const onGitHub = new Map((await ctx.github.listInstallations()).map((one) => [one.id, one.suspended]));
  for (const known of recorded) {
    const suspended = onGitHub.get(known.id);
    const status = suspended === undefined ? 'deleted' : suspended ? 'suspended' : 'active';
    if (status === known.status) continue;
    ctx.logger.info({ installation: known.id, status }, 'an installation has changed');
    await ctx.db.transaction(async (tx) => {
      await installationStore.setInstallationStatus(tx, known.id, status);
      if (status === 'active') await resumeInstallation(ctx, tx, known.id);
    });
  }
}

async function checkLock(ctx: AppContext, issueId: number): Promise<void> {
  const issue = await issueStore.getIssue(ctx.db, issueId);
  if (!issue || issue.goneAt || issue.repositoryRemovedAt) return;
  const installation = await installationStore.getInstallation(ctx.db, issue.installationId);
  if (installation?.status !== 'active') return;
  const github = await ctx.github.forInstallation(issue.installationId);
  const now = await github.describeIssue({
    owner: issue.owner,
    name: issue.repositoryName,
    number: issue.number,
  });
  if (now === null || now.locked) return;
  await ctx.db.transaction(async (tx) => {
    await issueStore.setIssueFlags(tx, issueId, { locked: false });
    await effectStore.unpark(tx, 'locked', { issueId });
    await createWakeUps(ctx.jobs).outbox(tx, issue.installationId);
  });
}

async function checkRepository(ctx: AppContext, repository: repositoryStore.Repository): Promise<void> {
  const github = await ctx.github.forInstallation(repository.installationId);
  if (!(await github.canSee(repository))) return;
  await ctx.db.transaction(async (tx) => {
    await repositoryStore.markRepositorySeen(tx, repository.id);
    await resumeRepository(ctx, tx, repository);
  });
}
