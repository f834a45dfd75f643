/**
 * Finds work that nobody was woken for, and wakes somebody. A job is only a wake-up and may be lost, dead-lettered
 * or deleted; what is to be done stands in our tables, so nothing that stands there can be stranded.
 */
import type { AppContext } from '../ports.ts';
import { commandStore, deliveryStore, effectStore, lookStore, runStore, tickStore } from '../store/index.ts';
import { createWakeUps, IMMEDIATE_VERBS, LANE_VERBS, QUEUES } from './queues.ts';

/** @returns how many lanes were woken. */
export async function lookAround(ctx: AppContext): Promise<number> {
  const { db } = ctx;
  const wake = createWakeUps(ctx.jobs);
  const woken = [
    await wakeIdle(ctx, QUEUES.delivery, await deliveryStore.lanesWithWork(db), (lane) =>
      wake.delivery(db, lane),
    ),
    await wakeIdle(ctx, QUEUES.issue, await runStore.issuesWithOpenWork(db, LANE_VERBS), (id) =>
      wake.issue(db, id),
    ),
    await wakeIdle(ctx, QUEUES.command, await commandStore.pendingWithVerbs(db, IMMEDIATE_VERBS), (id) =>
      wake.command(db, id),
    ),
    await wakeIdle(ctx, QUEUES.look, await lookStore.issuesToLookAt(db, ctx.clock.now()), (id) =>
      wake.look(db, id),
    ),
    await wakeIdle(ctx, QUEUES.tick, await tickStore.issuesWithTicks(db), (id) => wake.tick(db, id)),
    await wakeIdle(
      ctx,
      QUEUES.outbox,
      await effectStore.installationsWithDueEffects(db, ctx.clock.now()),
      (id) => wake.outbox(db, id),
    ),
  ];
  return woken.reduce((sum, count) => sum + count, 0);
}

/** Leaves alone what somebody works on, or will within a minute. */
async function wakeIdle<Key extends string | number>(
  ctx: AppContext,
  queue: string,
  keys: readonly Key[],
  wake: (key: Key) => Promise<void>,
): Promise<number> {
  if (keys.length === 0) return 0;
  const live = await ctx.jobs.liveKeys(queue);
  const idle = keys.filter((key) => !live.has(String(key)));
  for (const key of idle) await wake(key);
  if (idle.length > 0) ctx.logger.info({ queue, count: idle.length }, 'work was left over');
  return idle.length;
}
