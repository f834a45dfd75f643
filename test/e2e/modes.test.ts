/** Runs that nobody commands: the modes of the repository's config, over the fake GitHub. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Judge } from '../../src/pipeline/judge/types.ts';
import type { Issue } from '../../src/sandbox/github/index.ts';
import {
  decisionStore,
  issueStore,
  labelStore,
  lookStore,
  runStore,
  statusStore,
} from '../../src/store/index.ts';
import { lookAtIssue } from '../../src/tasks/look-at-issue.ts';
import { createWakeUps } from '../../src/tasks/queues.ts';
import { openWorld, type World, type WorldOptions } from './world.ts';

let world: World;
afterEach(() => world.close());

async function open(config: string, options: WorldOptions = {}): Promise<Issue> {
  const repository = { files: { '.github/swe-manager.yml': config } };
  world = await openWorld({ ...options, repository });
  const issue = world.newIssue();
  world.propose(issue, 'ann');
  world.propose(issue, 'bob');
  await world.settle(issue);
  return issue;
}

/** The look that reads the config, and then the one after the quiet time. */
async function afterQuietTime(issue: Issue, atOnce = 1): Promise<void> {
  const { ctx } = world.app;
  for (let look = 0; look < 2; look += 1) {
    await lookStore.planLook(ctx.db, issue.id, new Date(0));
    await ctx.db.execute("update revisions set visible_at = visible_at - interval '2 hours'");
    await ctx.db.execute("update proposals set posted_at = posted_at - interval '2 hours'");
    await Promise.all(Array.from({ length: atOnce }, () => lookAtIssue(ctx, { issueId: issue.id })));
  }
  await expect
    .poll(async () => (await runStore.openRuns(ctx.db, issue.id)).length, { timeout: 20_000 })
    .toBe(0);
  await world.settle(issue);
}

async function decisionsOf(issue: Issue) {
  const { db } = world.app.ctx;
  const ids = await labelStore.snapshotIdsOf(db, issue.id);
  return Promise.all(ids.map((id) => decisionStore.decisionOnSnapshot(db, id)));
}

const writes = (): string[] =>
  world.github.state.audit.entries
    .filter((entry) => entry.write)
    .map((entry) => `${entry.method} ${entry.path}`);

describe('mode observe', () => {
  it('judges silently, writes nothing to GitHub whatever is said, and scores the agreement later', async () => {
    const issue = await open('mode: observe\ntraining: { consent: true }\n');
    await afterQuietTime(issue);
    expect(await decisionsOf(issue)).toMatchObject([{ silent: true, postedAt: null }]);
    for (const words of ['/manager choose', '/manager status', '/manager help', '/manager dance']) {
      await world.command(issue, 'mia', words);
    }
    world.github.as('mia').assign(issue, 'bob');
    await world.settle(issue);
    expect(writes()).toEqual([]);
    expect(await world.outcomes(issue)).toContain('choose: observing');

    const { db } = world.app.ctx;
    const [snapshot] = await labelStore.snapshotIdsOf(db, issue.id);
    expect(await labelStore.currentLabel(db, snapshot ?? '')).toMatchObject({
      proposalNumber: 2,
      exposed: false,
    });
    const { agreement } = await statusStore.overview(db);
    expect((agreement.unexposed ?? 0) + (agreement['unexposed-other'] ?? 0)).toBe(1);
  });
});

describe('a silent decision', () => {
  it('is told by the timeline of a merged pull request that no webhook links to it', async () => {
    const issue = await open('mode: observe\ntraining: { consent: true }\n');
    await afterQuietTime(issue);
    const pull = world.github.as('bob').openPull('acme/widgets', { title: 'A fix', body: '' });
    world.github.as('mia').merge(pull);
    await world.settle(issue);
    pull.body = `Part of the work on https://github.com/acme/widgets/issues/${issue.number}`;
    const { ctx } = world.app;
    const [decision] = await decisionsOf(issue);
    expect(decision?.lookDueAt?.getTime()).toBeGreaterThan(ctx.clock.now().getTime());
    await decisionStore.updateDecision(ctx.db, decision?.id ?? '', { lookDueAt: new Date(0) });
    expect(await lookStore.issuesToLookAt(ctx.db, ctx.clock.now())).toContain(issue.id);
    await lookAtIssue(ctx, { issueId: issue.id });
    expect(await labelStore.currentLabel(ctx.db, decision?.snapshotId ?? '')).toMatchObject({
      proposalNumber: 2,
      decidedBy: 'merge',
      exposed: false,
    });
    expect((await decisionsOf(issue))[0]).toMatchObject({ looks: 1, lookDueAt: expect.any(Date) });
    expect(writes()).toEqual([]);
  });
});

describe('a silent decision beside the other modes', () => {
  it('is made with consent where nobody commanded, before the first word about a proposal', async () => {
    const issue = await open('training: { consent: true }\n');
    await world.command(issue, 'mia', "Let's go with @bob's proposal.");
    world.propose(issue, 'cat');
    await world.settle(issue);
    await afterQuietTime(issue);
    const [decision] = await decisionsOf(issue);
    expect(decision).toMatchObject({ silent: true });
    expect(decision?.assessments.map(({ number }) => number)).toEqual([1, 2]);
    expect(writes()).toEqual([]);
  });

  it('is made when the issue is given to somebody before the quiet time is over', async () => {
    const issue = await open('training: { consent: true }\n');
    world.github.as('mia').assign(issue, 'bob');
    await expect.poll(() => decisionsOf(issue), { timeout: 20_000 }).toMatchObject([{ silent: true }]);
    await world.settle(issue);
    await world.command(issue, 'rob', '/manager status');
    expect(world.ours(issue)[0]?.body).toContain('- Decision: none yet');
  });

  it('is not made without consent', async () => {
    const issue = await open('mode: command\n');
    await afterQuietTime(issue);
    expect(await decisionsOf(issue)).toEqual([]);
  });
});

describe('mode auto', () => {
  it('posts after enough proposals and a quiet time, once', async () => {
    const issue = await open('mode: auto\n');
    await afterQuietTime(issue);
    expect(world.ours(issue)).toHaveLength(1);
    await afterQuietTime(issue);
    expect(await decisionsOf(issue)).toHaveLength(1);
  });

  it('begins one run, however many workers look at once', async () => {
    const issue = await open('mode: auto\n');
    await afterQuietTime(issue, 5);
    expect(await runStore.triggersOf(world.app.ctx.db, issue.id)).toEqual(['auto']);
  });

  it('stays silent when the issue turns out to be closed', async () => {
    const issue = await open('mode: auto\n');
    world.github.disturbWebhook({ event: 'issues' }, { kind: 'drop' });
    world.github.as('mia').closeIssue(issue);
    await afterQuietTime(issue);
    expect(await runStore.triggersOf(world.app.ctx.db, issue.id)).toEqual(['auto']);
    expect(await decisionStore.latestDecision(world.app.ctx.db, issue.id)).toBeNull();
    expect(world.ours(issue)).toEqual([]);
  });

  it('ends before people’s eyes what was begun there', async () => {
    const stuck: Judge = {
      name: 'stuck',
      judge: (_input, options) =>
        new Promise<never>((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => reject(options.signal?.reason));
        }),
    };
    const issue = await open('mode: auto\n', {
      config: { placeholderAfterMs: 50 },
      parts: { judge: stuck },
    });
    const { ctx } = world.app;
    await runStore.insertRun(ctx.db, issue.id, 'auto');
    await createWakeUps(ctx.jobs).issue(ctx.db, issue.id);
    await expect.poll(() => world.ours(issue)[0]?.body, { timeout: 20_000 }).toContain('⏳');
    await world.command(issue, 'mia', '/manager cancel');
    await expect
      .poll(() => world.ours(issue)[0]?.body, { timeout: 20_000 })
      .toContain('It was cancelled by mia');
  });

  it('waits for more proposals where the config asks for more', async () => {
    const issue = await open('mode: auto\nauto: { min_proposals: 3 }\n');
    await afterQuietTime(issue);
    expect(world.ours(issue)).toEqual([]);
    expect((await issueStore.getIssue(world.app.ctx.db, issue.id))?.lookDueAt).toBeNull();
  });
});

describe('mode label', () => {
  it('posts although a silent run waits already', async () => {
    const issue = await open('mode: label\nlabel: Choose\ntraining: { consent: true }\n');
    const { db } = world.app.ctx;
    // The config is known from a first look.
    await lookStore.planLook(db, issue.id, new Date(0));
    await lookAtIssue(world.app.ctx, { issueId: issue.id });
    await runStore.insertRun(db, issue.id, 'observe');
    world.github.as('tim').label(issue, 'choose');
    await expect.poll(() => world.ours(issue).length, { timeout: 20_000 }).toBe(1);
  });

  it('posts when the label is set', async () => {
    const issue = await open('mode: label\nlabel: Choose\n');
    await afterQuietTime(issue);
    world.github.as('tim').label(issue, 'other');
    world.github.as('tim').label(issue, 'choose');
    await world.github.webhooksIdle();
    await expect.poll(() => world.ours(issue).length, { timeout: 20_000 }).toBe(1);
  });
});
