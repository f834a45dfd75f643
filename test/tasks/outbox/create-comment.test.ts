/** When a create counts as one that may have arrived: then it is looked for before anything is created again. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Gate, WriteDelayed } from '../../../src/tasks/outbox/gate.ts';
import { LeaseLostError } from '../../../src/tasks/support/lease.ts';
import type { World } from '../../e2e/world.ts';
import { type OneEffect, openQuietWorld, wantOne } from './one-effect.ts';

const CREATE = { method: 'POST', path: /\/issues\/\d+\/comments$/ };
const open: Gate = (_what, send) => send(AbortSignal.timeout(5_000));
let world: World;
let one: OneEffect;

beforeAll(async () => {
  world = await openQuietWorld();
});
afterAll(() => world.close());

beforeEach(async () => {
  one = await wantOne(world);
  // What our own webhook would tell is left out: the writer has to do without.
  world.github.disturbWebhook({ event: 'issue_comment' }, { kind: 'drop' });
});

const creates = () =>
  world.github.state.audit.find({
    ...CREATE,
    path: `/repos/acme/widgets/issues/${one.issue.number}/comments`,
  }).length;

describe('a create that left', () => {
  it('is looked for when anything but GitHub’s refusal came after it', async () => {
    await one.apply(async (_what, send) => {
      await send(AbortSignal.timeout(5_000));
      throw new Error('the database is gone');
    });
    expect(await one.row()).toMatchObject({
      state: 'pending',
      createAttemptedAt: expect.any(Date),
      lookAgainAt: expect.any(Date),
    });
    await one.apply(open);
    expect(await one.row()).toMatchObject({ state: 'done', githubId: world.ours(one.issue)[0]?.id });
    expect(creates()).toBe(1);
  });

  it('is forgotten when GitHub refused it', async () => {
    world.github.failAt(CREATE, { kind: 'status', status: 422 });
    await one.apply(open);
    expect(await one.row()).toMatchObject({ state: 'failed', createAttemptedAt: null, lookAgainAt: null });
  });
});

describe('a create that never left', () => {
  const delayed: Gate = () => Promise.reject(new WriteDelayed(60_000));

  it('is forgotten', async () => {
    await expect(one.apply(delayed)).rejects.toThrow(WriteDelayed);
    expect(await one.row()).toMatchObject({ createAttemptedAt: null, secondLookDue: false });
  });

  it('leaves an earlier one, which may have arrived, as it was known', async () => {
    const earlier = { createAttemptedAt: new Date('2026-01-01T00:00:00Z'), secondLookDue: true };
    await one.change(earlier);
    await expect(one.apply(delayed)).rejects.toThrow(WriteDelayed);
    expect(await one.row()).toMatchObject(earlier);
  });
});

describe('a writer that lost its lease', () => {
  const theirs = new Date('2026-01-01T00:00:00Z');

  it('leaves the new one’s attempt on record', async () => {
    const outrun: Gate = async () => {
      await one.change({ createAttemptedAt: theirs });
      throw new LeaseLostError('the lease went to another worker');
    };
    await expect(one.apply(outrun)).rejects.toThrow(LeaseLostError);
    expect((await one.row()).createAttemptedAt).toEqual(theirs);
  });

  it('begins no create of its own over it', async () => {
    const asRead = await one.row();
    await one.change({ createAttemptedAt: theirs });
    await one.apply(open, asRead);
    expect((await one.row()).createAttemptedAt).toEqual(theirs);
    expect(creates()).toBe(0);
  });
});
