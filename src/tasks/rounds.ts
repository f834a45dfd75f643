/**
 * What is done again and again, by one process at a time: each round has a lease that its leader keeps for as long
 * as it lives. When it dies, another takes over as soon as the lease has run out.
 */
import type { AppContext } from '../ports.ts';
import { leaseStore } from '../store/index.ts';
import { newHolder } from './support/lease.ts';

export interface Round {
  readonly name: string;
  /** Milliseconds from the end of one turn to the beginning of the next. */
  readonly everyMs: number;
  /** Whether the first turn waits for the interval, too. */
  readonly waitsFirst?: boolean;
  turn(signal: AbortSignal): Promise<void>;
}

export interface RunningRounds {
  /** Milliseconds since every round was last seen to go on, whoever leads it. */
  silentMs(): number;
  /** Ends after the turns under way. */
  stop(): Promise<void>;
}

/** Leadership is asked for this many times in an interval. */
const CHECKS = 3;
const LONGEST_CHECK_MS = 10_000;

export function startRounds(ctx: AppContext, rounds: readonly Round[]): RunningRounds {
  const stop = new AbortController();
  const seen = new Map<string, number>();
  const running = rounds.map((round) =>
    keepGoing(ctx, round, stop.signal, () => seen.set(round.name, performance.now())),
  );
  return {
    silentMs: () => performance.now() - Math.min(...seen.values()),
    stop: async () => {
      stop.abort();
      await Promise.all(running);
    },
  };
}

async function keepGoing(
  ctx: AppContext,
  round: Round,
  signal: AbortSignal,
  goesOn: () => void,
): Promise<void> {
  const lease = { name: `round:${round.name}`, holder: newHolder() };
  const checkMs = Math.min(round.everyMs / CHECKS, LONGEST_CHECK_MS);
  let lastTurn = round.waitsFirst ? performance.now() : Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    goesOn();
    try {
      const leads = await leaseStore.takeLease(ctx.db, lease, checkMs * CHECKS);
      if (leads && performance.now() - lastTurn >= round.everyMs) {
        await whileKeeping(ctx, lease, checkMs, goesOn, () => round.turn(signal));
        lastTurn = performance.now();
      }
    } catch (error) {
      // The database or GitHub is away: the next turn comes anyway.
      if (!signal.aborted) ctx.logger.warn({ err: error, round: round.name }, 'a round failed');
    }
    await ctx.clock.sleep(checkMs, signal).catch(() => {});
  }
  await leaseStore.releaseLease(ctx.db, lease).catch(() => {}); // It runs out by itself.
}

/** A turn may take longer than the lease lasts. */
async function whileKeeping(
  ctx: AppContext,
  lease: leaseStore.Lease,
  everyMs: number,
  goesOn: () => void,
  work: () => Promise<void>,
): Promise<void> {
  const keep = () => {
    goesOn();
    leaseStore.keepLease(ctx.db, lease, everyMs * CHECKS).catch(() => {}); // Then another one takes over.
  };
  const timer = setInterval(keep, everyMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}
