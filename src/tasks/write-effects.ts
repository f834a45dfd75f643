/**
 * The outbox writer: makes GitHub look like the `effects` rows of one installation. It is the only place
 * that writes to GitHub, so spacing, priorities, adoption and parking live here and nowhere else. A lease makes
 * it the installation's only writer, whatever the queue believes.
 */
import type { AppContext, JobTools } from '../ports.ts';
import { effectStore, installationStore, type leaseStore, writeStore } from '../store/index.ts';
import { applyEffect } from './outbox/apply-effect.ts';
import { createGate, sleepUntilDue, WriteDelayed } from './outbox/gate.ts';
import { FINAL_LOOK_MS } from './outbox/looks.ts';
import { createWakeUps, outboxJob, readJob } from './queues.ts';
import { LEASE_MS, LeaseLostError, underLease } from './support/lease.ts';
import { fromNow, scaled } from './support/scaled.ts';

export async function writeEffects(
  ctx: AppContext,
  data: unknown,
  { signal }: Pick<JobTools, 'signal'>,
): Promise<void> {
  const job = readJob(ctx, outboxJob, data);
  if (!job) return;
  const { installationId } = job;
  const turn = await underLease(ctx, `outbox:${installationId}`, (lease) =>
    drain(ctx, installationId, lease, signal),
  );
  if (!turn.held) await wakeIn(ctx, installationId, turn.freeInMs);
}

async function drain(
  ctx: AppContext,
  installationId: number,
  lease: leaseStore.Lease,
  signal: AbortSignal,
): Promise<void> {
  const lost = await writeStore.takeLostWrites(ctx.db, installationId);
  await effectStore.lookAgain(ctx.db, lost, fromNow(ctx, scaled(ctx, FINAL_LOOK_MS)));
  try {
    while (!signal.aborted) {
      const installation = await installationStore.getInstallation(ctx.db, installationId);
      if (installation?.status !== 'active') return;
      const effect = await effectStore.nextDueEffect(ctx.db, installationId, ctx.clock.now());
      if (!effect) return await wakeWhenDue(ctx, installationId);
      if (ctx.config.postingDisabled) await abandonSilently(ctx, effect);
      else await takeTurn(ctx, effect, lease, signal);
    }
    await wakeIn(ctx, installationId, 0); // Another process goes on.
  } catch (error) {
    if (error instanceof WriteDelayed) return wakeIn(ctx, installationId, error.ms);
    if (!(error instanceof LeaseLostError)) throw error;
    ctx.logger.warn({ installation: installationId }, 'another worker took over the outbox');
    await wakeIn(ctx, installationId, LEASE_MS);
  }
}

/** Waits before GitHub is looked at, so that what is then written follows from what was just read. */
async function takeTurn(
  ctx: AppContext,
  effect: effectStore.Effect,
  lease: leaseStore.Lease,
  signal: AbortSignal,
): Promise<void> {
  await ctx.failpoint('effect.taken');
  const ms = await writeStore.spacingLeft(ctx.db, effect.installationId);
  if (ms > 0) await sleepUntilDue(ctx, ms, signal);
  await applyEffect(ctx, effect, createGate(ctx, lease, effect, signal));
}

async function abandonSilently(ctx: AppContext, effect: effectStore.Effect): Promise<void> {
  if (effect.state === 'pending') {
    await effectStore.updateEffect(ctx.db, effect.id, {
      state: 'abandoned',
      stateReason: 'posting is disabled',
    });
  }
  await effectStore.lookAgain(ctx.db, [effect.id], null);
}

async function wakeWhenDue(ctx: AppContext, installationId: number): Promise<void> {
  const next = await effectStore.nextEffectTime(ctx.db, installationId);
  if (next) await wakeIn(ctx, installationId, next.getTime() - ctx.clock.now().getTime());
}

async function wakeIn(ctx: AppContext, installationId: number, ms: number): Promise<void> {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  await createWakeUps(ctx.jobs).outbox(ctx.db, installationId, seconds);
}
