/** Bad input and bad times: each has a stated result. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmbeddedJudge } from '../../src/pipeline/judge/embedded/judge.ts';
import type { Judge } from '../../src/pipeline/judge/types.ts';
import { commandStore, deliveryStore, effectStore, issueStore } from '../../src/store/index.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const patiently = { timeout: 15_000 };

describe('an issue', () => {
  it.each([
    [0, 'choose: no-proposals'],
    [1, 'choose: done'],
    [60, 'choose: done'],
  ])('with %i proposals', async (count, outcome) => {
    const issue = world.newIssue();
    for (let n = 0; n < count; n += 1) world.propose(issue, `author-${n}`);
    await world.command(issue, 'mia', '/manager choose');
    const [end] = await world.outcomes(issue);
    expect([outcome, 'choose: undecided']).toContain(end);
    expect(world.ours(issue)).toHaveLength(1);
    expect(world.ours(issue)[0]?.body.length).toBeLessThan(65_536);
  });

  it('with comments of 65,536 characters, deep nesting and invisible characters', async () => {
    const issue = world.newIssue({ body: '\u202Ebackwards\u2069 \u{E0041}\u{E0042}' });
    world.say(issue, 'ann', `## Proposal\n${'>'.repeat(65_000)}`);
    world.say(issue, 'bob', `## Proposal\n${'[('.repeat(30_000)}`);
    world.say(
      issue,
      'cleo',
      `## Proposal\n### Root cause\n${'a\u200b'.repeat(30_000)}\n### Solution\nUse \`menu.ts\`.`,
    );
    await world.command(issue, 'mia', '/manager choose');
    expect(world.ours(issue)).toHaveLength(1);
    const body = world.ours(issue)[0]?.body ?? '';
    expect(body.length).toBeLessThan(65_536);
    expect(body).not.toMatch(/[\u200b\u202e\u{E0000}-\u{E007F}]/u);
  });

  it('locked: the answer waits and is written once it is unlocked', async () => {
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    await world.settle(issue);
    world.github.as('mia').lock(issue);
    world.say(issue, 'mia', '/manager choose');
    await expect.poll(() => parked(issue), patiently).toBeGreaterThan(0);
    expect(world.ours(issue)).toEqual([]);
    world.github.as('mia').unlock(issue);
    await expect.poll(() => world.ours(issue).length, patiently).toBe(1);
  });

  it('locked while nobody told us: GitHub’s refusal parks the answer', async () => {
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    await world.settle(issue);
    world.github.disturbWebhook({ event: 'issues', action: 'locked' }, { kind: 'drop' });
    world.github.as('mia').lock(issue);
    world.say(issue, 'mia', '/manager choose');
    await expect.poll(() => parked(issue), patiently).toBeGreaterThan(0);
    world.github.as('mia').unlock(issue);
    await expect.poll(() => world.ours(issue).length, patiently).toBe(1);
  });

  it('whose events come in the wrong order is what GitHub said last', async () => {
    const issue = world.newIssue();
    await world.settle(issue);
    world.github.disturbWebhook({ event: 'issues', action: 'closed' }, { kind: 'delay', ms: 1_200 });
    world.github.as('mia').closeIssue(issue);
    await world.nextSecond();
    world.github.as('mia').reopenIssue(issue);
    await world.github.webhooksIdle();
    const { db } = world.app.ctx;
    await expect.poll(() => deliveryStore.countReceived(db), patiently).toBe(0);
    expect(await issueStore.getIssue(db, issue.id)).toMatchObject({ state: 'open' });
  });

  it('closed: choose is refused with the reason', async () => {
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    world.github.as('mia').closeIssue(issue);
    await world.command(issue, 'mia', '/manager choose');
    expect(await world.outcomes(issue)).toEqual(['choose: closed']);
    expect(world.ours(issue)[0]?.body).toContain('closed');
  });

  it('that GitHub does not find for a moment is decided all the same', async () => {
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    world.github.failAt(readsOf(issue), { kind: 'status', status: 404 });
    await world.command(issue, 'mia', '/manager choose');
    expect(await world.outcomes(issue)).toEqual(['choose: done']);
  });

  it('that GitHub did not find is there again once GitHub speaks of it', async () => {
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    world.github.failAt(
      { ...readsOf(issue), times: Number.POSITIVE_INFINITY },
      { kind: 'status', status: 404 },
    );
    await world.command(issue, 'mia', '/manager choose');
    expect(await world.outcomes(issue)).toEqual(['choose: gone']);
    world.github.clearFaults();
    await world.nextSecond();
    await world.command(issue, 'mia', '/manager choose');
    expect(await world.outcomes(issue)).toEqual(['choose: gone', 'choose: done']);
  });

  it.each(['deleted', 'transferred'] as const)('%s meanwhile: its commands end as gone', async (fate) => {
    const gone = await openWorld({ parts: { judge: neverReady() } });
    try {
      gone.github.addRepository({ owner: 'acme', name: 'attic', collaborators: { mia: 'admin' } });
      gone.github.setCollaborator(gone.github.state.repositoryOf('acme/widgets'), 'mia', 'admin');
      const issue = gone.newIssue();
      gone.propose(issue, 'ann');
      gone.say(issue, 'mia', '/manager choose');
      await expect.poll(async () => (await openCommands(gone, issue)).length, patiently).toBe(1);
      if (fate === 'deleted') gone.github.as('mia').deleteIssue(issue);
      else gone.github.as('mia').transfer(issue, 'acme/attic');
      await expect.poll(() => gone.outcomes(issue), patiently).toEqual(['choose: gone']);
      expect(gone.ours(issue)).toEqual([]);
    } finally {
      await gone.close();
    }
  });
});

describe('a repository', () => {
  it('with a broken config gets one clear comment, and is served once it is mended', async () => {
    const broken = await openWorld({
      repository: { files: { '.github/swe-manager.yml': 'mode: sometimes\n"foo; bar": 1\n' } },
    });
    try {
      const issue = broken.newIssue();
      broken.propose(issue, 'ann');
      await broken.command(issue, 'mia', '/manager choose');
      await broken.command(issue, 'mia', '/manager choose');
      expect(broken.ours(issue)).toHaveLength(1);
      expect(broken.ours(issue)[0]?.body).toContain('.github/swe-manager.yml');
      expect(broken.ours(issue)[0]?.body).toContain('- Unknown key “foo; bar”.');
      expect(await broken.outcomes(issue)).toEqual(['choose: broken-config', 'choose: broken-config']);
    } finally {
      await broken.close();
    }
  });

  it('whose config is larger than GitHub shows is told so', async () => {
    const huge = await openWorld({
      repository: { files: { '.github/swe-manager.yml': '# huge\n'.repeat(200_000) } },
    });
    try {
      const issue = huge.newIssue();
      huge.propose(issue, 'ann');
      const command = await huge.command(issue, 'mia', '/manager choose');
      expect(huge.ours(issue)[0]?.body).toContain('- The file is larger than 1 MB.');
      expect(huge.reactionsOn(command)).toEqual(['eyes', 'confused']);
    } finally {
      await huge.close();
    }
  });

  it('whose contents the App may not read is told so', async () => {
    const blind = await openWorld();
    try {
      blind.github.failAt(
        { path: /\/contents\//, times: 100 },
        { kind: 'status', status: 403, body: { message: 'Resource not accessible by integration' } },
      );
      const issue = blind.newIssue();
      blind.propose(issue, 'ann');
      await blind.command(issue, 'mia', '/manager choose');
      expect(blind.ours(issue)[0]?.body).toContain('The App lacks the permission “Contents: read”.');
    } finally {
      await blind.close();
    }
  });

  it('whose config names managers lets them command', async () => {
    const configured = await openWorld({
      repository: { files: { '.github/swe-manager.yml': 'managers: [rob]\n' } },
    });
    try {
      const issue = configured.newIssue();
      configured.propose(issue, 'ann');
      await configured.command(issue, 'rob', '/manager choose');
      expect(await configured.outcomes(issue)).toEqual(['choose: done']);
    } finally {
      await configured.close();
    }
  });
});

describe('an installation', () => {
  it('that is suspended is parked and goes on when it is not', async () => {
    const { github } = world;
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    await world.settle(issue);
    const installation = [...github.state.installations.values()][0];
    if (!installation) throw new Error('no installation');
    world.say(issue, 'mia', '/manager choose');
    github.suspend(installation.id);
    await github.webhooksIdle();
    github.unsuspend(installation.id);
    await expect.poll(() => world.outcomes(issue), patiently).toEqual(['choose: done']);
    await expect.poll(() => world.ours(issue).length, patiently).toBe(1);
  });

  it('that is not on the allow-list is not served', async () => {
    const closed = await openWorld({ config: { installationAllowlist: [1] } });
    try {
      const issue = closed.newIssue();
      closed.propose(issue, 'ann');
      closed.say(issue, 'mia', '/manager choose');
      await closed.github.webhooksIdle();
      await closed.app.ctx.clock.sleep(500);
      expect(await issueStore.getIssue(closed.app.ctx.db, issue.id)).toBeNull();
      expect(closed.ours(issue)).toEqual([]);
    } finally {
      await closed.close();
    }
  });

  it('has a quota of judge calls', async () => {
    const frugal = await openWorld({ config: { judgeCallsPerDay: 1 } });
    try {
      const issue = frugal.newIssue();
      frugal.propose(issue, 'ann');
      await frugal.command(issue, 'mia', '/manager choose');
      await frugal.command(issue, 'mia', '/manager choose');
      expect(await frugal.outcomes(issue)).toEqual(['choose: done', 'choose: over-budget']);
      expect(frugal.ours(issue)).toHaveLength(2);
      expect(frugal.ours(issue)[1]?.body).toContain('the quota is used up');
    } finally {
      await frugal.close();
    }
  });

  it('is judged but not written to while the operator has stopped all posting', async () => {
    const silent = await openWorld({ config: { postingDisabled: true } });
    try {
      const issue = silent.newIssue();
      silent.propose(issue, 'ann');
      const command = await silent.command(issue, 'mia', '/manager choose');
      expect(await silent.outcomes(issue)).toEqual(['choose: done']);
      expect(silent.ours(issue)).toEqual([]);
      expect(silent.reactionsOn(command)).toEqual([]);
    } finally {
      await silent.close();
    }
  });
});

describe('a run', () => {
  it('that takes long shows a placeholder, which becomes the answer of the same comment', async () => {
    const { judge, answer } = slowJudge();
    const slow = await openWorld({ config: { placeholderAfterMs: 50 }, parts: { judge } });
    try {
      const issue = slow.newIssue();
      slow.propose(issue, 'ann');
      slow.say(issue, 'mia', '/manager choose');
      await expect.poll(() => slow.ours(issue)[0]?.body, patiently).toContain('is comparing');
      answer();
      await slow.settle(issue);
      expect(slow.ours(issue)).toHaveLength(1);
      expect(slow.ours(issue)[0]?.body).toContain('revisions judged');
    } finally {
      await slow.close();
    }
  });

  it('stops when a manager cancels it, and says so in its comment', async () => {
    const stuck = await openWorld({ parts: { judge: neverReady() } });
    try {
      const issue = stuck.newIssue();
      stuck.propose(issue, 'ann');
      stuck.say(issue, 'mia', '/manager choose');
      await expect.poll(async () => (await openCommands(stuck, issue))[0]?.state, patiently).toBe('attached');
      await stuck.command(issue, 'mia', '/manager cancel');
      expect(await stuck.outcomes(issue)).toEqual(['choose: cancelled', 'cancel: done']);
      expect(stuck.ours(issue)).toHaveLength(1);
      expect(stuck.ours(issue)[0]?.body).toMatch(/cancelled by mia/i);
    } finally {
      await stuck.close();
    }
  });

  it('whose judge names a proposal that is not there fails with the reason and posts no choice', async () => {
    const honest = createEmbeddedJudge();
    const lying = await openWorld({
      parts: {
        judge: {
          name: 'liar',
          judge: async (input) => ({ ...(await honest.judge(input)), chosen: 99, abstained: false }),
        },
      },
    });
    try {
      const issue = lying.newIssue();
      lying.propose(issue, 'ann');
      await lying.command(issue, 'mia', '/manager choose');
      expect(await lying.outcomes(issue)).toEqual(['choose: failed']);
      expect(lying.ours(issue)[0]?.body).toContain('No decision');
    } finally {
      await lying.close();
    }
  });
});

async function parked(issue: ReturnType<World['newIssue']>): Promise<number> {
  const effects = await effectStore.commentEffects(world.app.ctx.db, issue.id);
  return effects.filter((effect) => effect.state === 'parked').length;
}

/** The requests by which a thread is read. */
function readsOf(issue: ReturnType<World['newIssue']>) {
  return { method: 'GET', path: new RegExp(`/issues/${issue.number}$`) };
}

function openCommands(one: World, issue: ReturnType<World['newIssue']>) {
  return commandStore.unfinishedCommands(one.app.ctx.db, issue.id);
}

function neverReady() {
  return {
    name: 'stuck',
    judge: (_input: unknown, options?: { signal?: AbortSignal }) =>
      new Promise<never>((_resolve, reject) => {
        options?.signal?.addEventListener('abort', () => reject(options.signal?.reason));
      }),
  };
}

function slowJudge(): { judge: Judge; answer: () => void } {
  const gate = Promise.withResolvers<void>();
  const embedded = createEmbeddedJudge();
  return {
    answer: gate.resolve,
    judge: {
      name: 'slow',
      judge: async (input, options) => {
        await gate.promise;
        return embedded.judge(input, options);
      },
    },
  };
}
