/** What ends an effect as failed, and what it only waits for. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { QueryError } from '../../../src/adapters/db/query-error.ts';
import { GitHubError } from '../../../src/errors.ts';
import { leaseStore, writeStore } from '../../../src/store/index.ts';
import { createGate, type Gate, WriteDelayed } from '../../../src/tasks/outbox/gate.ts';
import { isDatabaseOutage } from '../../../src/tasks/support/database-outage.ts';
import type { World } from '../../e2e/world.ts';
import { type OneEffect, openQuietWorld, wantOne } from './one-effect.ts';

let world: World;
let one: OneEffect;

beforeAll(async () => {
  world = await openQuietWorld();
});
afterAll(() => world.close());
const away: Gate = () => Promise.reject(new GitHubError('unavailable', 'GitHub is away', 'Wait.'));
const buggy: Gate = () => Promise.reject(new TypeError('undefined is not a comment'));
/** The server's own error, through the driver. */
const raising =
  (state: string): Gate =>
  async () => {
    const raise = `do $$ begin raise exception 'so it ends' using errcode = '${state}'; end $$`;
    await world.app.ctx.db.execute(sql.raw(raise));
    throw new Error('nothing was raised');
  };

async function applyTimes(times: number, gate: Gate): Promise<void> {
  for (let n = 0; n < times; n += 1) await one.apply(gate);
}

describe('an effect', () => {
  beforeEach(async () => {
    one = await wantOne(world);
  });

  it('is set aside at its sixth defect', async () => {
    await applyTimes(5, buggy);
    expect(await one.row()).toMatchObject({ state: 'pending', defects: 5 });
    await one.apply(buggy);
    expect(await one.row()).toMatchObject({ state: 'failed', stateReason: 'undefined is not a comment' });
  });

  it('has all of its attempts at defects after any number of outages of GitHub', async () => {
    await applyTimes(8, away);
    await one.apply(buggy);
    expect(await one.row()).toMatchObject({ state: 'pending', attempts: 9, defects: 1 });
  });

  it('waits out a database that is away, and not one that refuses what it is asked', async () => {
    await applyTimes(8, raising('57P01'));
    expect(await one.row()).toMatchObject({ state: 'pending', defects: 0 });
    await one.apply(raising('22003'));
    expect(await one.row()).toMatchObject({ state: 'pending', defects: 1 });
  });

  it('is left as it was when the process stops while it waits for its turn', async () => {
    const { ctx } = world.app;
    const before = await one.row();
    const lease = { name: 'outbox:stop', holder: 'me' };
    await leaseStore.takeLease(ctx.db, lease, 60_000);
    await writeStore.pauseWrites(ctx.db, before.installationId, 4_000);
    const gate = createGate(ctx, lease, before, AbortSignal.timeout(50));
    await expect(one.apply(gate)).rejects.toThrow(WriteDelayed);
    const { state, attempts, defects, createAttemptedAt, notBefore } = before;
    expect(await one.row()).toMatchObject({ state, attempts, defects, createAttemptedAt, notBefore });
  });
});

describe('an outage of the database', () => {
  const because = (cause: Error) => new QueryError('select 1', cause);
  const coded = (code: string) => Object.assign(new Error('as it says'), { code });

  it.each([
    coded('ECONNRESET'),
    coded('08006'),
    coded('40P01'),
    coded('53300'),
    because(new Error('Connection terminated unexpectedly')),
    new Error('timeout exceeded when trying to connect'),
    because(new Error('PGlite is closed')),
  ])('is told by %s', (error) => {
    expect(isDatabaseOutage(error)).toBe(true);
  });

  it.each([
    because(coded('23505')),
    new Error('Connections are refused here'),
    new GitHubError('unavailable', 'away', 'Wait.', { cause: coded('ECONNRESET') }),
    'Connection terminated',
  ])('is not told by %s', (error) => {
    expect(isDatabaseOutage(error)).toBe(false);
  });
});
