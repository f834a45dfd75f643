/** What GitHub could not tell us is found by the sweeper: lost deliveries, unseen commands, reasons that ended. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  deliveryStore,
  effectStore,
  installationStore,
  issueStore,
  repositoryStore,
  sweepStore,
  writeStore,
} from '../../src/store/index.ts';
import { lookAtIssue } from '../../src/tasks/look-at-issue.ts';
import { sweep } from '../../src/tasks/sweep/sweep.ts';
import { sweepParked } from '../../src/tasks/sweep/sweep-parked.ts';
import { openWorld, proposalOf, type World } from './world.ts';

const patiently = { timeout: 15_000, interval: 50 };
let world: World;

beforeEach(async () => {
  // A day between the rounds: the tests sweep themselves. A minute of grace becomes 60 ms.
  world = await openWorld({ config: { sweepMs: 86_400_000, limitsScale: 0.001 } });
});
afterEach(() => world.close());

const sweepNow = () => sweep(world.app.ctx, new AbortController().signal);

async function proposed() {
  const issue = world.newIssue();
  world.propose(issue, 'ann');
  await world.settle(issue);
  return issue;
}

describe('a delivery that GitHub could not bring', () => {
  it('is asked for again and then worked off', async () => {
    await sweepNow();
    const issue = await proposed();
    world.github.disturbWebhook({ event: 'issue_comment', action: 'created' }, { kind: 'drop' });
    world.say(issue, 'mia', '/manager choose');
    await world.github.webhooksIdle();
    await sweepNow();
    await expect.poll(() => world.outcomes(issue), patiently).toEqual(['choose: done']);
    await world.settle(issue);
    expect(world.ours(issue)).toHaveLength(1);
    await sweepNow();
    expect(await sweepStore.pendingRedeliveries(world.app.ctx.db, 9)).toEqual([]);
  });

  it('is not given up by outages of GitHub, during which it was never asked for', async () => {
    await sweepNow();
    const issue = await proposed();
    world.github.disturbWebhook({ event: 'issues', action: 'closed' }, { kind: 'drop' });
    world.github.as('mia').closeIssue(issue);
    await world.github.webhooksIdle();
    world.github.failAt({ method: 'POST', path: /deliveries/, times: 6 }, { kind: 'status', status: 503 });
    for (let n = 0; n < 6; n += 1) {
      await sweepNow();
      await world.app.ctx.clock.sleep(50);
    }
    expect(await sweepStore.pendingRedeliveries(world.app.ctx.db, 9)).toMatchObject([{ attempts: 0 }]);
    await sweepNow();
    const state = async () => (await issueStore.getIssue(world.app.ctx.db, issue.id))?.state;
    await expect.poll(state, patiently).toBe('closed');
  });

  it('is given up after its attempts, and says so', async () => {
    await sweepNow();
    const issue = await proposed();
    // An event that only the log knows of: no command could be found in its comment.
    world.github.disturbWebhook({ event: 'issues', action: 'closed', times: 9 }, { kind: 'drop' });
    world.github.as('mia').closeIssue(issue);
    await world.github.webhooksIdle();
    world.github.webhooks.url = null;
    for (let n = 0; n < 7; n += 1) {
      await sweepNow();
      await world.github.webhooksIdle();
      await world.app.ctx.clock.sleep(600);
    }
    expect(await sweepStore.failedRedeliveries(world.app.ctx.db)).toMatchObject([
      { event: 'issues', attempts: 5, error: expect.stringContaining('5 more attempts') },
    ]);
    expect(await deliveryStore.countReceived(world.app.ctx.db)).toBe(0);
  });
});

describe('a command that nobody told us about', () => {
  const lose = (times = 1) =>
    world.github.disturbWebhook({ event: 'issue_comment', times }, { kind: 'drop', logged: false });

  it('is found among the recent comments, once', async () => {
    const issue = await proposed();
    lose();
    world.say(issue, 'mia', '/manager choose');
    await world.nextSecond();
    await sweepNow();
    await sweepNow();
    await world.settle(issue);
    expect(await world.outcomes(issue)).toEqual(['choose: done']);
  });

  it('is not taken from a comment that was edited, nor from one of a bot', async () => {
    const issue = await proposed();
    lose(3);
    const comment = world.say(issue, 'mia', 'Nothing yet.');
    await world.nextSecond();
    world.github.as('mia').editComment(comment, '/manager choose');
    world.say(issue, 'helper[bot]', '/manager choose');
    await world.nextSecond();
    await sweepNow();
    expect(await world.outcomes(issue)).toEqual([]);
  });

  it('is not acted upon when it is older than the installation', async () => {
    const repository = world.github.addRepository({
      owner: 'globex',
      name: 'old',
      installationId: null,
      collaborators: { mia: 'maintain' },
    });
    const issue = world.github.addIssue(repository, { title: 'Old' });
    world.github.as('ann').comment(issue, proposalOf('ann'));
    world.github.as('mia').comment(issue, '/manager choose');
    await world.nextSecond();
    world.github.install('globex', [repository]);
    await world.github.webhooksIdle();
    await world.app.ctx.clock.sleep(300);
    await sweepNow();
    expect(await issueStore.getIssue(world.app.ctx.db, issue.id)).toBeNull();
    expect(issue.comments.filter((one) => one.viaApp)).toEqual([]);
  });

  it('is found although GitHub refuses another repository for good', async () => {
    const issue = await proposed();
    const closed = world.github.addRepository({ owner: 'acme', name: 'closed' });
    const first = { id: 1, owner: 'acme', name: 'closed', isPrivate: false };
    const { installationId } = closed;
    await repositoryStore.upsertRepository(world.app.ctx.db, {
      ...first,
      installationId: installationId ?? 0,
    });
    const path = '/repos/acme/closed/issues/comments';
    world.github.failAt({ path, times: Number.POSITIVE_INFINITY }, { kind: 'status', status: 403 });
    lose();
    world.say(issue, 'mia', '/manager choose');
    await world.nextSecond();
    await sweepNow();
    await world.settle(issue);
    expect(await world.outcomes(issue)).toEqual(['choose: done']);
    expect(world.github.state.audit.find({ path, status: 403 })).not.toHaveLength(0);
  });

  it('costs no quota while nothing changes', async () => {
    const issue = await proposed();
    await world.nextSecond();
    await sweepNow();
    await sweepNow();
    const asked = world.github.state.audit.find({ path: `/repos/acme/widgets/issues/comments` });
    expect(asked.at(-1)?.status).toBe(304);
    expect(issue.comments).toHaveLength(1);
  });
});

describe('an event that got lost', () => {
  it('unlocked: the parked answer is written after all', async () => {
    const issue = await proposed();
    world.github.as('mia').lock(issue);
    world.say(issue, 'mia', '/manager choose');
    const parked = async () =>
      (await effectStore.commentEffects(world.app.ctx.db, issue.id)).map((one) => one.state);
    await expect.poll(parked, patiently).toEqual(['parked']);
    world.github.disturbWebhook({ event: 'issues', action: 'unlocked' }, { kind: 'drop', logged: false });
    world.github.as('mia').unlock(issue);
    await sweepNow();
    await expect.poll(() => world.ours(issue).length, patiently).toBe(1);
  });

  it('installed while GitHub was asked who is: it does not count as uninstalled', async () => {
    const { ctx } = world.app;
    const listInstallations = async () => {
      const listed = await ctx.github.listInstallations();
      await installationStore.ensureInstallation(ctx.db, { id: 4711 });
      return listed;
    };
    const github = { ...ctx.github, listInstallations };
    await sweepParked({ ...ctx, github }, new AbortController().signal);
    expect(await installationStore.getInstallation(ctx.db, 4711)).toMatchObject({ status: 'active' });
  });

  it('unsuspended: the commands of the meantime are found and answered', async () => {
    const { github } = world;
    const issue = await proposed();
    const [installation] = [...github.state.installations.values()];
    if (!installation) throw new Error('no installation');
    github.suspend(installation.id);
    await github.webhooksIdle();
    world.say(issue, 'mia', '/manager choose');
    github.disturbWebhook({ event: 'installation', times: 9 }, { kind: 'drop', logged: false });
    github.unsuspend(installation.id);
    await world.nextSecond();
    await sweepNow();
    await expect.poll(() => world.outcomes(issue), patiently).toEqual(['choose: done']);
  });
});

describe('an installation whose requests are used up', () => {
  it('is asked nothing until GitHub’s time is over, whoever wants to know', async () => {
    const issue = await proposed();
    const { ctx } = world.app;
    const { installationId } = world.github.state.repositoryOf('acme/widgets');
    const id = installationId ?? 0;
    const limit = { kind: 'status', status: 403, retryAfterSeconds: 2_000 } as const; // 2 s, as scaled here
    world.github.failAt({ path: '/repos/acme/widgets/issues/comments' }, limit);
    await sweepNow();
    expect(await writeStore.readPauseLeft(ctx.db, id)).toBeGreaterThan(1_000);

    const asked = () => world.github.state.audit.find({ installationId: id }).length;
    const before = asked();
    world.say(issue, 'mia', '/manager cancel');
    await world.github.webhooksIdle();
    await sweepNow();
    await lookAtIssue(ctx, { issueId: issue.id });
    await ctx.clock.sleep(300);
    expect(await writeStore.readPauseLeft(ctx.db, id)).toBeGreaterThan(0);
    expect(asked()).toBe(before);

    await expect.poll(() => world.outcomes(issue), patiently).toEqual(['cancel: nothing-to-cancel']);
  });
});
