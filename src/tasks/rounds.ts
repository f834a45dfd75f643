/**
 * What is done again and again, by one process at a time: each round has a lease that its leader keeps for as long
 * as it lives. When it dies, another takes over as soon as the lease has run out.
 */
import type { AppContext } from '../ports.ts';
import { leaseStore } from '../store/index.ts';
import { LeaseLostError, newHolder } from './support/lease.ts';

export interface Round {
  readonly name: string;
  /** Milliseconds from the end of one turn to the beginning of the next. */
  readonly everyMs: number;
  /** Milliseconds before the first turn; it comes at once when absent. */
  readonly firstAfterMs?: number;
  /** A turn that takes longer hangs: it is broken off and counts as standing still. Milliseconds; ten minutes when absent. */
  readonly longestMs?: number;
  /** @param signal aborts when the process stops, another one leads, or the turn takes too long */
  turn(signal: AbortSignal): Promise<void>;
}

export interface RunningRounds {
  /** Milliseconds since every round was last seen to go on, whoever leads it; a turn goes on for `longestMs` at most. */
  silentMs(): number;
  /** Ends after the turns under way. */
  stop(): Promise<void>;
}

/** Leadership is asked for this many times in an interval. */
const CHECKS = 3;
const LONGEST_CHECK_MS = 10_000;
const LONGEST_TURN_MS = 600_000;

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
  let dueAt = performance.now() + (round.firstAfterMs ?? 0);
  while (!signal.aborted) {
    goesOn();
    try {
      const leads = await leaseStore.takeLease(ctx.db, lease, checkMs * CHECKS);
      if (leads && performance.now() >= dueAt) {
        await takeTurn(ctx, round, { lease, checkMs, signal, goesOn });
        dueAt = performance.now() + round.everyMs;
      }
    } catch (error) {
      // The database or GitHub is away: the next turn comes anyway.
      if (!signal.aborted) ctx.logger.warn({ err: error, round: round.name }, 'a round failed');
    }
    await ctx.clock.sleep(checkMs, signal).catch(() => {});
  }
  await leaseStore.releaseLease(ctx.db, lease).catch(() => {}); // It runs out by itself.
}

interface Turn {
  readonly lease: leaseStore.Lease;
  readonly checkMs: number;
  readonly signal: AbortSignal;
  readonly goesOn: () => void;
}

/** A turn may take longer than the lease lasts. One that hangs, or whose lease went to another process, is broken off. */
async function takeTurn(
  ctx: AppContext,
  round: Round,
  { lease, checkMs, signal, goesOn }: Turn,
): Promise<void> {
  const end = new AbortController();
  const overdueAt = performance.now() + (round.longestMs ?? LONGEST_TURN_MS);
  const breakOff = (reason: Error) => {
    ctx.logger.error({ round: round.name, reason: reason.message }, 'a turn is broken off');
    end.abort(reason);
  };
  const keep = async () => {
    if (end.signal.aborted) return;
    if (performance.now() > overdueAt) return breakOff(new Error('the turn takes too long'));
    goesOn();
    // While the database is away nobody can take the lease either.
    const isKept = await leaseStore.keepLease(ctx.db, lease, checkMs * CHECKS).catch(() => true);
    if (!isKept) breakOff(new LeaseLostError(`${lease.name} went to another process`));
  };
  const timer = setInterval(() => void keep(), checkMs);
  try {
    await round.turn(AbortSignal.any([signal, end.signal]));
  } finally {
    clearInterval(timer);
  }
}
