/** One comment for each thing we say, whatever GitHub does with our requests. */
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../../src/ports.ts';
import { effectStore, leaseStore, writeStore } from '../../src/store/index.ts';
import { maintain } from '../../src/tasks/maintain.ts';
import { openWorld, type World } from './world.ts';

const patiently = { timeout: 15_000, interval: 50 };
const CREATE = { method: 'POST', path: /\/issues\/\d+\/comments$/ };
let world: World;

beforeEach(async () => {
  // A second look after 0.15 s, a final one after 0.6 s.
  world = await openWorld({ config: { limitsScale: 0.01, sweepMs: 86_400_000, lookAroundMs: 200 } });
});
afterEach(() => world.close());

function proposed() {
  const issue = world.newIssue();
  world.propose(issue, 'ann');
  return issue;
}

const effectsOf = (issue: ReturnType<typeof proposed>) =>
  effectStore.commentEffects(world.app.ctx.db, issue.id);

describe('a create whose answer is lost', () => {
  it('is adopted although lists lag behind; the copy that it led to is removed', async () => {
    const issue = proposed();
    await world.settle(issue);
    const { github } = world;
    // No webhook tells of it, and the lists do not show it in time: it is created a second time.
    github.disturbWebhook({ event: 'issue_comment', times: 9 }, { kind: 'delay', ms: 3_000 });
    github.failAt(CREATE, { kind: 'applied-then-destroyed' });
    github.failAt({ method: 'GET', path: CREATE.path, nth: 2, times: 2 }, { kind: 'stale-list', missing: 1 });
    github.as('mia').comment(issue, '/manager choose');
    await expect.poll(() => world.outcomes(issue), patiently).toEqual(['choose: done']);
    await expect.poll(async () => (await effectsOf(issue))[0]?.lookAgainAt, patiently).toBeNull();
    await expect.poll(() => world.ours(issue).length, patiently).toBe(1);
  });

  it('is taken up from its webhook', async () => {
    const issue = proposed();
    world.github.failAt(CREATE, { kind: 'applied-then-status', status: 502 });
    await world.command(issue, 'mia', '/manager choose');
    expect(world.ours(issue)).toHaveLength(1);
    expect((await effectsOf(issue))[0]?.githubId).toBe(world.ours(issue)[0]?.id);
  });

  it('is not posted again when a person deleted it before it was found', async () => {
    const issue = proposed();
    await world.settle(issue);
    world.github.failAt(CREATE, { kind: 'applied-then-destroyed' });
    world.github.failAt(
      { method: 'GET', path: CREATE.path, nth: 2, times: 99 },
      { kind: 'stale-list', missing: 1 },
    );
    world.say(issue, 'mia', '/manager choose');
    await expect.poll(() => world.ours(issue).length, patiently).toBe(1);
    world.github.as('wes').deleteComment(world.ours(issue)[0] ?? 0);
    await expect.poll(async () => (await effectsOf(issue))[0]?.state, patiently).toBe('tombstoned');
    await world.app.ctx.clock.sleep(1_500);
    expect(world.ours(issue)).toEqual([]);
  });
});

describe('a create whose end the database cannot record', () => {
  it.each(['answered', 'applied-then-destroyed'] as const)('is not repeated: %s', async (answer) => {
    const { github, app } = world;
    const issue = proposed();
    await world.settle(issue);
    github.disturbWebhook({ event: 'issue_comment', times: 9 }, { kind: 'delay', ms: 3_000 });
    if (answer !== 'answered') github.failAt(CREATE, { kind: answer });
    const refusal = await refuseToSettle(app.ctx.db);
    try {
      github.as('mia').comment(issue, '/manager choose');
      await expect.poll(() => world.ours(issue).length, patiently).toBe(1);
      await expect.poll(refusal.happened, patiently).toBe(true);
      await expect.poll(() => world.outcomes(issue), patiently).toEqual(['choose: done']);
      await expect.poll(async () => (await effectsOf(issue))[0]?.state, patiently).toBe('done');
      expect(github.state.audit.find(CREATE)).toHaveLength(1);
    } finally {
      await refusal.lift();
    }
  });
});

/** The database refuses to note the end of the next create, once. */
async function refuseToSettle(db: Db) {
  await db.execute(sql`create sequence refusals`);
  await db.execute(sql`
    create function refuse() returns trigger language plpgsql as $$ begin
      if nextval('refusals') = 1 then raise exception 'no space left'; end if;
      return new;
    end $$`);
  await db.execute(sql`
    create trigger refuse before update on writes for each row when (new.what = 'create')
    execute function refuse()`);
  return {
    happened: async () => {
      const answer = (await db.execute(sql`select is_called from refusals`)) as { rows: unknown[] };
      return (answer.rows[0] as { is_called: boolean }).is_called;
    },
    lift: async () => {
      await db.execute(sql`drop function refuse cascade`);
      await db.execute(sql`drop sequence refusals`);
    },
  };
}

describe('the lease of an installation’s outbox', () => {
  it('lets one holder write; who lost it is turned away at the gate', async () => {
    const { db } = world.app.ctx;
    const issue = proposed();
    await world.command(issue, 'mia', '/manager choose');
    const [effect] = await effectsOf(issue);
    if (!effect) throw new Error('no effect');
    const mine = { name: 'outbox:test', holder: 'me' };
    const theirs = { name: 'outbox:test', holder: 'them' };
    expect(await leaseStore.takeLease(db, mine, 200)).toBe(true);
    expect(await leaseStore.takeLease(db, theirs, 60_000)).toBe(false);
    await world.app.ctx.clock.sleep(400);
    expect(await leaseStore.takeLease(db, theirs, 60_000)).toBe(true);
    const request = {
      leaseMs: 60_000,
      installationId: effect.installationId,
      effectId: effect.id,
      what: 'edit',
      spacingMs: 5_000,
      ceilings: [{ windowMs: 60_000, most: 1_000 }],
    } as const;
    expect(await writeStore.takeWriteSlot(db, { ...request, lease: mine })).toEqual({ kind: 'lease-lost' });
    await expect
      .poll(async () => (await writeStore.takeWriteSlot(db, { ...request, lease: theirs })).kind, patiently)
      .toBe('taken');
    expect(await writeStore.takeWriteSlot(db, { ...request, lease: theirs })).toMatchObject({ kind: 'wait' });
    expect(await writeStore.takeLostWrites(db, effect.installationId)).toEqual([effect.id]);
  });

  it('keeps the ceilings: what is over them waits for the oldest to leave the window', async () => {
    const { db } = world.app.ctx;
    const issue = proposed();
    await world.command(issue, 'mia', '/manager choose');
    const [effect] = await effectsOf(issue);
    if (!effect) throw new Error('no effect');
    const lease = { name: 'outbox:test', holder: 'me' };
    await leaseStore.takeLease(db, lease, 60_000);
    const slot = await writeStore.takeWriteSlot(db, {
      lease,
      leaseMs: 60_000,
      installationId: effect.installationId,
      effectId: effect.id,
      what: 'create',
      spacingMs: 0,
      ceilings: [{ windowMs: 3_600_000, most: 2 }],
    });
    if (slot.kind !== 'wait') throw new Error(`the slot was ${slot.kind}`);
    expect(slot.ms).toBeGreaterThan(3_500_000);
    expect(slot.ms).toBeLessThan(3_600_000);
  });
});

it('the database is tidied up while the App works', async () => {
  const issue = proposed();
  await world.command(issue, 'mia', '/manager choose');
  await maintain(world.app.ctx, { vacuum: true });
  await world.command(issue, 'mia', '/manager accept');
  expect(await world.outcomes(issue)).toEqual(['choose: done', 'accept: done']);
});
