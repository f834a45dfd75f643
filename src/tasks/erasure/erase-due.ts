/**
 * What is to be forgotten without anybody asking: uninstalled Apps, removed repositories, and whatever is older than
 * the retention period. Found in our tables, so nothing is forgotten to be forgotten.
 */
import type { AppContext } from '../../ports.ts';
import { erasureStore } from '../../store/index.ts';
import { eraseMany, eraseOld } from './erase-many.ts';

const DAY_MS = 86_400_000;

export async function eraseDue(ctx: AppContext, signal: AbortSignal): Promise<void> {
  const at = ctx.clock.now();
  const { installationIds, repositoryIds } = await erasureStore.uninstalled(ctx.db);
  const options = { reason: 'uninstalled', at, signal } as const;
  for (const installationId of installationIds) await eraseMany(ctx.db, { installationId }, options);
  for (const repositoryId of repositoryIds) await eraseMany(ctx.db, { repositoryId }, options);
  const { retentionDays } = ctx.config;
  if (retentionDays === 0) return;
  const quietSince = new Date(at.getTime() - retentionDays * DAY_MS);
  const erased = await eraseOld(ctx.db, quietSince, { reason: 'retention', at, signal });
  if (erased.issues + erased.deliveries > 0) ctx.logger.info(erased, 'the retention period was applied');
}
