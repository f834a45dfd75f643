/** When a create counts as one that may have arrived: then it is looked for before anything is created again. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { effectStore, issueStore } from '../../../src/store/index.ts';
import { applyEffect, type Effect } from '../../../src/tasks/outbox/apply-effect.ts';
import { type Gate, WriteDelayed } from '../../../src/tasks/outbox/gate.ts';
import { LeaseLostError } from '../../../src/tasks/support/lease.ts';
import { commentKey, wantComment } from '../../../src/tasks/support/want.ts';
import { openWorld, type World } from '../../e2e/world.ts';

const CREATE = { method: 'POST', path: /\/issues\/\d+\/comments$/ };
const open: Gate = (_what, send) => send(AbortSignal.timeout(5_000));
let world: World;
let issue: ReturnType<World['newIssue']>;

beforeAll(async () => {
  world = await openWorld({ config: { sweepMs: 86_400_000, lookAroundMs: 86_400_000 } });
});
afterAll(() => world.close());

beforeEach(async () => {
  issue = world.newIssue();
  await world.settle(issue);
  // What our own webhook would tell is left out: the writer has to do without.
  world.github.disturbWebhook({ event: 'issue_comment' }, { kind: 'drop' });
  await wantNotice();
});

const id = () => `notice-${issue.id}`;

/** A comment that nobody is woken for. */
async function wantNotice(): Promise<void> {
  const { ctx } = world.app;
  const located = await issueStore.getIssue(ctx.db, issue.id);
  if (!located) throw new Error('the issue is not known');
  const quiet = { ...ctx, jobs: { ...ctx.jobs, send: async () => {} } };
  await wantComment(quiet, ctx.db, located, { kind: 'notice', id: id(), body: 'Once.' });
}

async function row(): Promise<Effect> {
  const effect = await effectStore.findEffect(world.app.ctx.db, commentKey('notice', id()));
  if (!effect) throw new Error('no effect');
  return effect;
}

const apply = async (gate: Gate, effect?: Effect) =>
  applyEffect(world.app.ctx, effect ?? (await row()), gate);
const change = async (to: Parameters<typeof effectStore.updateEffect>[2]) =>
  effectStore.updateEffect(world.app.ctx.db, (await row()).id, to);
const creates = () =>
  world.github.state.audit.find({ ...CREATE, path: `/repos/acme/widgets/issues/${issue.number}/comments` })
    .length;

describe('a create that left', () => {
  it('is looked for when anything but GitHub’s refusal came after it', async () => {
    await apply(async (_what, send) => {
      await send(AbortSignal.timeout(5_000));
      throw new Error('the database is gone');
    });
    expect(await row()).toMatchObject({
      state: 'pending',
      createAttemptedAt: expect.any(Date),
      lookAgainAt: expect.any(Date),
    });
    await apply(open);
    expect(await row()).toMatchObject({ state: 'done', githubId: world.ours(issue)[0]?.id });
    expect(creates()).toBe(1);
  });

  it('is forgotten when GitHub refused it', async () => {
    world.github.failAt(CREATE, { kind: 'status', status: 422 });
    await apply(open);
    expect(await row()).toMatchObject({ state: 'failed', createAttemptedAt: null, lookAgainAt: null });
  });
});

describe('a create that never left', () => {
  const delayed: Gate = () => Promise.reject(new WriteDelayed(60_000));

  it('is forgotten', async () => {
    await expect(apply(delayed)).rejects.toThrow(WriteDelayed);
    expect(await row()).toMatchObject({ createAttemptedAt: null, secondLookDue: false });
  });

  it('leaves an earlier one, which may have arrived, as it was known', async () => {
    const earlier = { createAttemptedAt: new Date('2026-01-01T00:00:00Z'), secondLookDue: true };
    await change(earlier);
    await expect(apply(delayed)).rejects.toThrow(WriteDelayed);
    expect(await row()).toMatchObject(earlier);
  });
});

describe('a writer that lost its lease', () => {
  const theirs = new Date('2026-01-01T00:00:00Z');

  it('leaves the new one’s attempt on record', async () => {
    const outrun: Gate = async () => {
      await change({ createAttemptedAt: theirs });
      throw new LeaseLostError('the lease went to another worker');
    };
    await expect(apply(outrun)).rejects.toThrow(LeaseLostError);
    expect((await row()).createAttemptedAt).toEqual(theirs);
  });

  it('begins no create of its own over it', async () => {
    const asRead = await row();
    await change({ createAttemptedAt: theirs });
    await apply(open, asRead);
    expect((await row()).createAttemptedAt).toEqual(theirs);
    expect(creates()).toBe(0);
  });
});
