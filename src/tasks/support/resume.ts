/** What was parked or left over goes on once GitHub lets us work there again. */
import type { AppContext, Db } from '../../ports.ts';
import { commandStore, effectStore, runStore, tickStore } from '../../store/index.ts';
import { createWakeUps, IMMEDIATE_VERBS, LANE_VERBS } from '../queues.ts';

export async function resumeInstallation(ctx: AppContext, tx: Db, installationId: number): Promise<void> {
  await effectStore.unpark(tx, 'suspended', { installationId });
  await wakeAll(ctx, tx, { installationId }, installationId);
}

export async function resumeRepository(
  ctx: AppContext,
  tx: Db,
  repository: { readonly id: number; readonly installationId: number },
): Promise<void> {
  await effectStore.unpark(tx, 'removed', { repositoryId: repository.id });
  await wakeAll(ctx, tx, { repositoryId: repository.id }, repository.installationId);
}

async function wakeAll(
  ctx: AppContext,
  tx: Db,
  where: { installationId: number } | { repositoryId: number },
  installationId: number,
): Promise<void> {
  const wake = createWakeUps(ctx.jobs);
  for (const id of await runStore.issuesWithOpenWork(tx, LANE_VERBS, where)) await wake.issue(tx, id);
  for (const id of await commandStore.pendingWithVerbs(tx, IMMEDIATE_VERBS)) await wake.command(tx, id);
  for (const id of await tickStore.issuesWithTicks(tx)) await wake.tick(tx, id);
  await wake.outbox(tx, installationId);
}
