/**
 * The outbox writer: makes GitHub look like the `effects` rows of one installation. It is the only place
 * that writes to GitHub, so spacing, priorities, adoption and parking live here and nowhere else.
 */
import type { AppContext } from '../ports.ts';
import { effectStore, installationStore } from '../store/index.ts';
import { applyEffect } from './outbox/apply-effect.ts';
import { createWakeUps, outboxJob } from './queues.ts';

/** A wait up to this long is slept in place; a longer one gives the worker back. */
const LONGEST_SLEEP_MS = 5_000;

export async function writeEffects(ctx: AppContext, data: unknown, signal: AbortSignal): Promise<void> {
  const { installationId } = outboxJob.parse(data);
  while (!signal.aborted) {
    const installation = await installationStore.getInstallation(ctx.db, installationId);
    if (installation?.status !== 'active') return;
    const effect = await effectStore.nextDueEffect(ctx.db, installationId, ctx.clock.now());
    if (!effect) return wakeUpLater(ctx, installationId);
    if (ctx.config.postingDisabled) {
      await effectStore.updateEffect(ctx.db, effect.id, {
        state: 'abandoned',
        stateReason: 'posting is disabled',
      });
      continue;
    }
    await ctx.failpoint('effect.taken');
    if (!(await waitForSlot(ctx, installationId, signal))) return;
    await ctx.failpoint('effect.slot-taken');
    await applyEffect(ctx, effect);
    // Counted from the answer on: a write that GitHub took long over keeps its distance all the same.
    const next = new Date(ctx.clock.now().getTime() + ctx.config.writeSpacingMs);
    await installationStore.postponeWrites(ctx.db, installationId, next);
    await ctx.failpoint('effect.slot-returned');
  }
}

/** @returns false when the wait is long: a delayed job then goes on. */
async function waitForSlot(ctx: AppContext, installationId: number, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    const now = ctx.clock.now();
    const freeAt = await installationStore.takeWriteSlot(
      ctx.db,
      installationId,
      now,
      ctx.config.writeSpacingMs,
    );
    if (freeAt === null) return true;
    const wait = freeAt.getTime() - now.getTime();
    if (wait > LONGEST_SLEEP_MS) {
      await wakeUpAt(ctx, installationId, freeAt);
      return false;
    }
    await ctx.clock.sleep(wait, signal);
  }
}

async function wakeUpLater(ctx: AppContext, installationId: number): Promise<void> {
  const next = await effectStore.nextEffectTime(ctx.db, installationId);
  if (next) await wakeUpAt(ctx, installationId, next);
}

async function wakeUpAt(ctx: AppContext, installationId: number, at: Date): Promise<void> {
  const seconds = Math.max(1, Math.ceil((at.getTime() - ctx.clock.now().getTime()) / 1000));
  await createWakeUps(ctx.jobs).outbox(ctx.db, installationId, seconds);
}
