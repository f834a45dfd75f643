/**
 * The gate that every write to GitHub passes: one at a time per installation, at least the spacing after the
 * answer to the one before, below the content ceilings, and only while this writer holds the lease.
 */
import type { AppContext } from '../../ports.ts';
import { type leaseStore, writeStore } from '../../store/index.ts';
import { LEASE_MS, LeaseLostError, WRITE_DEADLINE_MS } from '../support/lease.ts';
import { scaled, spacingMs } from '../support/scaled.ts';
import type { Effect } from './apply-effect.ts';

/** Sends one write, as soon as it may be sent. @throws WriteDelayed, LeaseLostError, GitHubError */
export type Gate = <T>(what: writeStore.WriteKind, send: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** The write has to wait for longer than a worker should. */
export class WriteDelayed extends Error {
  override readonly name = 'WriteDelayed';
  readonly ms: number;

  constructor(ms: number) {
    super(`the next write may leave in ${Math.ceil(ms)} ms`);
    this.ms = ms;
  }
}

/** A wait up to this long is slept in place, in milliseconds; a longer one gives the worker back. */
const LONGEST_SLEEP_MS = 5_000;

/** A process that was frozen between the gate and the request asks again; milliseconds. */
const LONGEST_FREEZE_MS = 3_000;

/**
 * GitHub's ceilings for requests that make content: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 * Decisions may use all of them; what is less urgent leaves a tenth for them.
 */
const CEILINGS = [
  { windowMs: 60_000, most: 80 },
  { windowMs: 3_600_000, most: 500 },
];
const SHARE_OF_THE_REST = 0.9;

export function createGate(
  ctx: AppContext,
  lease: leaseStore.Lease,
  effect: Effect,
  stop: AbortSignal,
): Gate {
  const share = effect.priority === 0 ? 1 : SHARE_OF_THE_REST;
  const { installationId } = effect;
  return async (what, send) => {
    const writeId = await passGate(ctx, stop, {
      lease,
      leaseMs: LEASE_MS,
      installationId,
      effectId: effect.id,
      what,
      spacingMs: spacingMs(ctx),
      ceilings: CEILINGS.map(({ windowMs, most }) => ({
        windowMs: scaled(ctx, windowMs),
        most: Math.floor(most * share),
      })),
    });
    await ctx.failpoint('effect.slot-taken');
    try {
      return await send(AbortSignal.timeout(WRITE_DEADLINE_MS));
    } finally {
      await settle(ctx, { id: writeId, installationId, spacingMs: spacingMs(ctx) });
      await ctx.failpoint('effect.slot-returned');
    }
  };
}

/**
 * GitHub's answer counts although the database cannot take note of it: the write then stays open, and whoever
 * drains the outbox next owes it a look. Its distance to the next one is kept by waiting here.
 */
async function settle(ctx: AppContext, write: Parameters<typeof writeStore.settleWrite>[1]): Promise<void> {
  try {
    await writeStore.settleWrite(ctx.db, write);
  } catch (error) {
    ctx.logger.error({ write: write.id, err: error }, 'the end of a write could not be recorded');
    await ctx.clock.sleep(write.spacingMs);
  }
}

/** @throws WriteDelayed when that takes too long, or the process has to stop: another one goes on then. */
export async function sleepUntilDue(ctx: AppContext, ms: number, stop: AbortSignal): Promise<void> {
  if (ms > LONGEST_SLEEP_MS) throw new WriteDelayed(ms);
  try {
    await ctx.clock.sleep(ms, stop);
  } catch (error) {
    throw stop.aborted ? new WriteDelayed(ms) : error;
  }
}

/** @returns the id of the recorded write, which may leave at once. */
async function passGate(
  ctx: AppContext,
  stop: AbortSignal,
  request: writeStore.WriteRequest,
): Promise<number> {
  for (;;) {
    const askedAt = performance.now();
    const slot = await writeStore.takeWriteSlot(ctx.db, request);
    if (slot.kind === 'lease-lost') throw new LeaseLostError(`${request.lease.name} went to another worker`);
    if (slot.kind === 'wait') {
      await sleepUntilDue(ctx, slot.ms, stop);
      continue;
    }
    if (performance.now() - askedAt < LONGEST_FREEZE_MS) return slot.writeId;
    await writeStore.settleWrite(ctx.db, { ...request, id: slot.writeId });
  }
}
