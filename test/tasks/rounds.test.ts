/** Rounds have one leader, and what hangs is noticed. */
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import type { OpenDatabase } from '../../src/adapters/db/types.ts';
import type { AppContext } from '../../src/ports.ts';
import { leases } from '../../src/schema/index.ts';
import { type Round, type RunningRounds, startRounds } from '../../src/tasks/rounds.ts';
import { openTestDatabase } from '../support/database.ts';

const patiently = { timeout: 10_000, interval: 10 };
const EVERY_MS = 150;
let database: OpenDatabase;
const running: RunningRounds[] = [];

beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(async () => {
  for (const rounds of running.splice(0)) await rounds.stop();
  await database.close();
});

function start(round: Partial<Round> & Pick<Round, 'turn'>, clock = systemClock): RunningRounds {
  const parts = { db: database.db, clock, logger: pino({ enabled: false }) };
  const rounds = startRounds(parts as unknown as AppContext, [{ name: 'test', everyMs: EVERY_MS, ...round }]);
  running.push(rounds);
  return rounds;
}

/** A turn that ends only with its signal, and says so. */
function endless() {
  const signals: AbortSignal[] = [];
  const turn = (signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  };
  return { signals, turn };
}

describe('a turn', () => {
  it('is broken off once another process has taken its lease', async () => {
    const { signals, turn } = endless();
    start({ turn });
    await expect.poll(() => signals.length, patiently).toBe(1);
    await database.db.update(leases).set({ holder: 'another', expiresAt: new Date(Date.now() + 60_000) });
    await expect.poll(() => signals[0]?.aborted, patiently).toBe(true);
    expect(signals[0]?.reason).toMatchObject({ name: 'LeaseLostError' });
  });

  it('counts as going on while it may take so long', async () => {
    const { signals, turn } = endless();
    const rounds = start({ turn });
    await expect.poll(() => signals.length, patiently).toBe(1);
    await systemClock.sleep(4 * EVERY_MS);
    await expect.poll(() => rounds.silentMs(), patiently).toBeLessThan(EVERY_MS);
    expect(signals[0]?.aborted).toBe(false);
  });

  it('counts as standing still when it hangs, and another process takes over', async () => {
    const gate = Promise.withResolvers<void>();
    const rounds = start({ turn: () => gate.promise, longestMs: 50 });
    await expect.poll(() => rounds.silentMs(), patiently).toBeGreaterThan(4 * EVERY_MS);
    const { signals, turn } = endless();
    start({ turn });
    await expect.poll(() => signals.length, patiently).toBe(1);
    gate.resolve();
  });

  it('comes first after its own time, not after the whole interval', async () => {
    const { signals, turn } = endless();
    const clock = {
      ...systemClock,
      sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(5, signal),
    };
    const startedAt = performance.now();
    start({ turn, everyMs: 3_600_000, firstAfterMs: 100 }, clock);
    await expect.poll(() => signals.length, patiently).toBe(1);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(100);
  });
});
