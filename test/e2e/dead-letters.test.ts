/** Work that cannot succeed is given up with its reason, does not block what comes after it, and can be replayed. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replayEntries } from '../../src/cli/replay.ts';
import { createEmbeddedJudge } from '../../src/pipeline/judge/embedded/judge.ts';
import { commandStore, deadLetterStore, effectStore, runStore } from '../../src/store/index.ts';
import { lookAround } from '../../src/tasks/look-around.ts';
import { processDeliveries } from '../../src/tasks/process-deliveries.ts';
import { receiveDelivery } from '../../src/tasks/receive-delivery.ts';
import { workIssue } from '../../src/tasks/work-issue.ts';
import { openWorld, type World } from './world.ts';

const patiently = { timeout: 15_000, interval: 50 };
const tools = () => ({ signal: new AbortController().signal, retries: 0 });
const embedded = createEmbeddedJudge();
let world: World;
let judgeWorks: boolean;

beforeEach(async () => {
  judgeWorks = false;
  world = await openWorld({
    config: { limitsScale: 0.01, sweepMs: 86_400_000 },
    parts: {
      judge: {
        name: 'moody',
        judge: async (input) => {
          if (!judgeWorks) throw new Error('the moon is full');
          return embedded.judge(input);
        },
      },
    },
  });
});
afterEach(() => world.close());

const letters = () => deadLetterStore.listDeadLetters(world.app.ctx.db);
const replayAll = (id: string | null = null) =>
  replayEntries({ db: world.app.ctx.db, deadJobs: async () => [], forgetDeadJob: async () => {} }, id);

/** Does what the queue would do after its pauses. */
async function retry(work: () => Promise<void>, until: () => Promise<boolean>): Promise<void> {
  for (let n = 0; n < 20 && !(await until()); n += 1) await work().catch(() => {});
}

describe('a delivery that cannot be applied', () => {
  it('is set aside, lets those behind it through, and can be replayed', async () => {
    const { ctx } = world.app;
    const issue = world.newIssue();
    await world.settle(issue);
    const id = randomUUID();
    const [original] = world.github.webhooks.log.filter((one) => one.event === 'issues');
    const payload = structuredClone(original?.payload) as { issue: { number: number } };
    payload.issue.number = 3_000_000_000; // Fits the payload's schema, and no column of ours.
    await receiveDelivery(ctx, { id, event: 'issues', payload });
    const lane = `issue:${issue.id}`;
    await retry(
      () => processDeliveries(ctx, { lane }, tools()),
      async () => (await letters()).length > 0,
    );
    expect(await letters()).toMatchObject([{ id, kind: 'delivery', what: 'issues.opened' }]);
    world.propose(issue, 'ann');
    await world.settle(issue);
    expect(await replayAll()).toEqual([id]);
    expect(await letters()).toEqual([]);
  });
});

describe('a command whose run keeps failing', () => {
  it('ends as failed with the reason, on the issue too, and succeeds once it is replayed', async () => {
    const { ctx } = world.app;
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    const comment = world.say(issue, 'mia', '/manager choose');
    await expect
      .poll(async () => (await commandStore.listCommands(ctx.db, issue.id))[0]?.state, patiently)
      .toBe('attached');
    await retry(
      () => workIssue(ctx, { issueId: issue.id }, tools()),
      async () => (await letters()).length > 0,
    );
    expect(await world.outcomes(issue)).toEqual(['choose: failed']);
    const [letter] = await letters();
    expect(letter).toMatchObject({ kind: 'command', what: 'choose by mia', reason: 'the moon is full' });
    await expect.poll(() => world.ours(issue)[0]?.body, patiently).toContain('the moon is full');
    await expect.poll(() => world.reactionsOn(comment), patiently).toContain('confused');

    judgeWorks = true;
    expect(await replayAll(letter?.id)).toEqual([letter?.id]);
    await lookAround(ctx);
    await expect.poll(() => world.outcomes(issue), patiently).toEqual(['choose: done']);
    await expect.poll(() => world.reactionsOn(comment), patiently).toEqual(['eyes', 'rocket']);
  });
});

describe('a run that nobody commanded and that keeps failing', () => {
  it('is in the list with the reason, and decides once it is replayed', async () => {
    const { ctx } = world.app;
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    await world.settle(issue);
    await runStore.insertRun(ctx.db, issue.id, 'auto');
    await retry(
      () => workIssue(ctx, { issueId: issue.id }, tools()),
      async () => (await letters()).length > 0,
    );
    const [letter] = await letters();
    expect(letter).toMatchObject({ kind: 'run', what: 'run by auto', reason: 'the moon is full' });

    judgeWorks = true;
    expect(await replayAll(letter?.id)).toEqual([letter?.id]);
    expect(await letters()).toEqual([]);
    await lookAround(ctx);
    await expect.poll(() => world.ours(issue)[0]?.body, patiently).toContain('ann');
  });
});

describe('an effect that GitHub refuses', () => {
  it('is failed with the reason, and written once it is replayed', async () => {
    const { ctx } = world.app;
    judgeWorks = true;
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    world.github.failAt(
      { method: 'POST', path: /\/issues\/\d+\/comments$/ },
      { kind: 'status', status: 403, body: { message: 'Resource not accessible by integration' } },
    );
    await world.command(issue, 'mia', '/manager choose');
    const [letter] = await letters();
    expect(letter).toMatchObject({ kind: 'effect', reason: expect.stringContaining('not accessible') });
    expect((await effectStore.commentEffects(ctx.db, issue.id))[0]?.state).toBe('failed');
    await replayAll();
    await lookAround(ctx);
    await expect.poll(() => world.ours(issue).length, patiently).toBe(1);
  });
});
