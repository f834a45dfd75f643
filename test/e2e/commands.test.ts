import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decisions } from '../../src/schema/index.ts';
import { decisionStore, signalStore } from '../../src/store/index.ts';
import { openWorld, proposalOf, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

async function decided(): Promise<{ issue: ReturnType<World['newIssue']> }> {
  const issue = world.newIssue();
  world.propose(issue, 'ann');
  world.propose(issue, 'bob', '## Proposal\nMaybe add a timeout somewhere.');
  await world.command(issue, 'mia', '/manager choose');
  return { issue };
}

describe('choose', () => {
  it('answers with one comment, eyes at once and a rocket at the end', async () => {
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    world.propose(issue, 'bob', '## Proposal\nMaybe add a timeout somewhere.');
    const command = await world.command(issue, 'mia', '/manager choose');
    expect(world.ours(issue)).toHaveLength(1);
    expect(world.ours(issue)[0]?.body).toContain('ann');
    expect(world.ours(issue)[0]?.body).toContain('Embedded judge');
    expect(world.reactionsOn(command)).toEqual(['eyes', 'rocket']);
    expect(await world.outcomes(issue)).toEqual(['choose: done']);
  });

  it('may be given by triage and above, not by readers; a refusal is explained once', async () => {
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    const refused = await world.command(issue, 'rob', '/manager choose');
    await world.command(issue, 'rob', '/manager choose');
    expect(world.reactionsOn(refused)).toEqual(['eyes', 'confused']);
    expect(world.ours(issue)).toHaveLength(1);
    expect(world.ours(issue)[0]?.body).toContain('triage permission');
    await world.command(issue, 'tim', '/manager choose');
    expect(await world.outcomes(issue)).toEqual(['choose: refused', 'choose: refused', 'choose: done']);
  });

  it('adds a comment by hand that the rule does not find', async () => {
    const issue = world.newIssue();
    const plain = world.say(
      issue,
      'ann',
      'I would close it on `mouseup` in `src/menu.ts`, because blur comes first.',
    );
    await world.command(issue, 'mia', '/manager choose');
    expect(world.ours(issue)[0]?.body).toContain('No proposals yet');
    await world.command(issue, 'mia', `/manager choose issuecomment-${plain.id}`);
    expect(world.ours(issue).at(-1)?.body).toContain(`issuecomment-${plain.id}`);
  });

  it('judges nothing when a comment that is to be added is not one of the issue', async () => {
    const { issue } = await decided();
    const elsewhere = world.say(world.newIssue(), 'ann', 'I would close it on `mouseup`.');
    for (const id of [elsewhere.id, 999_999, world.ours(issue)[0]?.id]) {
      const command = await world.command(issue, 'mia', `/manager choose issuecomment-${id}`);
      expect(world.reactionsOn(command)).toEqual(['eyes', 'confused']);
      expect(world.ours(issue).at(-1)?.body).toMatch(
        new RegExp(`Comment \`?${id}\`? is no comment of a contributor`),
      );
    }
    expect(world.ours(issue)).toHaveLength(2);
  });

  it('tells the choice of a dry run in one notice, and decides nothing', async () => {
    const issue = world.newIssue();
    const command = await world.command(issue, 'mia', '/manager choose --dry-run');
    expect(world.ours(issue).map(({ body }) => body)).toEqual([
      expect.stringContaining('there is no proposal to choose from'),
    ]);
    world.propose(issue, 'ann');
    world.propose(issue, 'bob', '## Proposal\nMaybe add a timeout somewhere.');
    const second = await world.command(issue, 'mia', '/manager choose --dry-run');
    expect(world.ours(issue).map(({ body }) => body)).toEqual([
      expect.stringMatching(
        /^mia: `\/manager choose --dry-run`: the embedded judge .*would choose \*\*\[Proposal 1\]/,
      ),
    ]);
    expect(world.reactionsOn(command)).toEqual(['eyes', 'confused']);
    expect(world.reactionsOn(second)).toEqual(['eyes', 'rocket']);
    await world.command(issue, 'mia', '/manager accept');
    await world.command(issue, 'rob', '/manager status');
    expect(world.ours(issue).at(-1)?.body).toContain('- Decision: none yet');
    expect(await world.outcomes(issue)).toEqual([
      'choose: no-proposals',
      'choose: dry-run',
      'accept: no-decision',
      'status: done',
    ]);
  });

  it('folds the older decision to a link when a newer one is posted', async () => {
    const { issue } = await decided();
    world.propose(issue, 'cleo', proposalOf('cleo'));
    await world.command(issue, 'mia', '/manager choose');
    await world.settle(issue);
    const [older, newer] = world.ours(issue);
    expect(older?.body).toMatch(/^Superseded by \[a newer decision\]\(.*#issuecomment-\d+\)/);
    expect(older?.body).toContain(`issuecomment-${newer?.id}`);
    expect(newer?.body).toContain('cleo');
  });
});

describe('feedback', () => {
  it('accept changes the state line of the comment', async () => {
    const { issue } = await decided();
    await world.command(issue, 'mia', '/manager accept');
    expect(world.ours(issue)).toHaveLength(1);
    expect(world.ours(issue)[0]?.body).toMatch(/\*\*State:\*\* accepted by mia/);
  });

  it('override names another proposal by number, login or address', async () => {
    const { issue } = await decided();
    const second = issue.comments.find((comment) => comment.author.login === 'bob');
    for (const which of ['2', 'bob', `https://github.com/acme/widgets/issues/1#issuecomment-${second?.id}`]) {
      await world.command(issue, 'tim', `/manager override ${which} simpler`);
      expect(world.ours(issue)[0]?.body).toMatch(/\*\*State:\*\* overridden by tim to proposal 2: simpler/);
    }
    await world.command(issue, 'tim', '/manager override 9');
    expect((await world.outcomes(issue)).at(-1)).toBe('override: invalid');
    expect(world.ours(issue).at(-1)?.body).toContain('no proposal 9');
  });

  it('override goes by the proposals that stand, and by what their authors are called now', async () => {
    const issue = world.newIssue();
    const withdrawn = world.propose(issue, 'zoe');
    world.github.as('zoe').deleteComment(withdrawn);
    world.propose(issue, 'zoe');
    world.propose(issue, 'bob');
    await world.settle(issue);
    Object.assign(world.github.as('zoe').user, { login: 'zoe-b' });
    await world.command(issue, 'mia', '/manager choose');
    await world.command(issue, 'mia', '/manager override zoe-b');
    expect(world.ours(issue)[0]?.body).toContain('overridden by mia to proposal 2');
    await world.command(issue, 'mia', '/manager override 1');
    expect(world.ours(issue)[1]?.body).toContain(
      'There is no proposal 1 here: choose one of 2 (zoe-b), 3 (bob).',
    );
  });

  it('reject keeps the reason, neutralised', async () => {
    const { issue } = await decided();
    await world.command(issue, 'mia', '/manager reject both miss @ann and #12');
    const body = world.ours(issue)[0]?.body ?? '';
    expect(body).toContain('rejected by mia');
    expect(body).not.toMatch(/(?<!`)@ann/);
  });

  it('says so when there is nothing to accept', async () => {
    const issue = world.newIssue();
    const command = await world.command(issue, 'mia', '/manager accept');
    expect(world.reactionsOn(command)).toEqual(['eyes', 'confused']);
    expect(world.ours(issue)[0]?.body).toContain('no decision');
  });

  it('accepts nothing where nothing was chosen', async () => {
    const { issue } = await decided();
    const { db } = world.app.ctx;
    const decision = await decisionStore.latestDecision(db, issue.id);
    await db
      .update(decisions)
      .set({ chosen: null, abstained: true, abstainReason: 'Too close.' })
      .where(eq(decisions.id, decision?.id ?? ''));
    await world.command(issue, 'mia', '/manager accept');
    expect((await world.outcomes(issue)).at(-1)).toBe('accept: no-decision');
    expect(world.ours(issue).at(-1)?.body).toContain('nothing was chosen');
    expect(await signalStore.signalsOfSnapshot(db, decision?.snapshotId ?? '')).toEqual([]);
  });

  it('takes a tick by a manager as feedback and takes it back when it is unticked', async () => {
    const { issue } = await decided();
    const comment = world.ours(issue)[0];
    if (!comment) throw new Error('no comment');
    world.github.as('wes').tick(comment, 'accept');
    await expect.poll(() => comment.body, { timeout: 10_000 }).toMatch(/\*\*State:\*\* accepted by wes/);
    expect(comment.body).toMatch(/- \[x\] <!-- box:accept -->/);
    world.github.as('wes').untick(comment, 'accept');
    await expect.poll(() => comment.body, { timeout: 10_000 }).not.toContain('accepted by wes');
  });

  it('repairs an edit of its text by somebody else', async () => {
    const { issue } = await decided();
    const comment = world.ours(issue)[0];
    if (!comment) throw new Error('no comment');
    const before = comment.body;
    world.github.as('wes').editComment(comment, 'Accepted by everybody!');
    await expect.poll(() => comment.body, { timeout: 10_000 }).toBe(before);
  });
});

describe('the other verbs', () => {
  it('explain opens the details for anyone', async () => {
    const { issue } = await decided();
    await world.command(issue, 'rob', '/manager explain');
    expect(world.ours(issue)).toHaveLength(1);
    expect(world.ours(issue)[0]?.body).toMatch(/idea/i);
    expect(await world.outcomes(issue)).toContain('explain: done');
  });

  it('status and help are one comment each, kept up to date', async () => {
    const issue = world.newIssue();
    await world.command(issue, 'rob', '/manager help');
    await world.command(issue, 'rob', '/manager help');
    await world.command(issue, 'rob', '/manager status');
    expect(world.ours(issue)).toHaveLength(2);
    world.propose(issue, 'ann');
    await world.command(issue, 'rob', '/manager status');
    expect(world.ours(issue)).toHaveLength(2);
    expect(world.ours(issue)[1]?.body).toContain('ann');
  });

  it('a question is answered anew where the last answer was deleted; a hint is not', async () => {
    const { issue } = await decided();
    const bury = async () => {
      for (const comment of world.ours(issue)) world.github.as('mia').deleteComment(comment);
      await world.settle(issue);
    };
    await world.command(issue, 'mia', '/manager status');
    await world.command(issue, 'mia', '/manager help');
    await world.command(issue, 'mia', '/manager choose --dry-run');
    await bury();
    await world.command(issue, 'mia', '`/manager status`');
    expect(world.ours(issue)).toEqual([]);
    await world.command(issue, 'mia', '/manager status');
    await world.command(issue, 'mia', '/manager dance');
    await world.command(issue, 'mia', '/manager choose --dry-run');
    expect(world.ours(issue).map(({ body }) => body)).toEqual([
      expect.stringContaining('- Decision `'),
      expect.stringContaining('`dance` is not a command'),
      expect.stringContaining('would choose'),
    ]);
    await bury();
    await world.command(issue, 'mia', '/manager explain');
    expect(world.ours(issue).map(({ body }) => body)).toEqual([
      expect.stringContaining('the comment of the last decision was deleted'),
    ]);
    expect((await world.outcomes(issue)).at(-1)).toBe('explain: no-decision');
  });

  it('an unknown verb brings the help', async () => {
    const issue = world.newIssue();
    await world.command(issue, 'rob', '/manager merge');
    expect(world.ours(issue)[0]?.body).toContain('`merge` is not a command');
    expect(await world.outcomes(issue)).toEqual(['unknown: unknown-verb']);
  });

  it('answers anyone only within the budget', async () => {
    const issue = world.newIssue();
    for (let n = 0; n < 8; n += 1) await world.command(issue, 'rob', '/manager help');
    const outcomes = await world.outcomes(issue);
    expect(outcomes.filter((one) => one === 'help: done')).toHaveLength(6);
    expect(outcomes.filter((one) => one === 'help: over-budget')).toHaveLength(2);
  });

  it('pause keeps choose from running until resume', async () => {
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    await world.command(issue, 'mia', '/manager pause');
    await world.command(issue, 'mia', '/manager choose');
    await world.command(issue, 'mia', '/manager resume');
    await world.command(issue, 'mia', '/manager choose');
    expect(await world.outcomes(issue)).toEqual([
      'pause: done',
      'choose: paused',
      'resume: done',
      'choose: done',
    ]);
  });

  it('cancel with nothing under way says so', async () => {
    const issue = world.newIssue();
    await world.command(issue, 'mia', '/manager cancel');
    expect(await world.outcomes(issue)).toEqual(['cancel: nothing-to-cancel']);
  });
});

describe('several commands in one comment', () => {
  it('show both reactions when one fails and one is done', async () => {
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    const command = await world.command(issue, 'mia', '/manager accept\n/manager choose');
    expect(await world.outcomes(issue)).toEqual(['accept: no-decision', 'choose: done']);
    expect(world.reactionsOn(command).toSorted()).toEqual(['confused', 'eyes', 'rocket']);
  });
});

describe('what is no command', () => {
  it('an edit never adds one, a bot gives none, quotes and code hide them', async () => {
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    const edited = world.say(issue, 'mia', 'Let me see.');
    world.github.as('mia').editComment(edited, '/manager choose');
    world.say(issue, 'deploy[bot]', '/manager choose');
    world.say(issue, 'mia', '> /manager choose\n\nNot yet.');
    world.say(issue, 'mia', '```\n/manager choose\n```');
    await world.settle(issue);
    expect(await world.outcomes(issue)).toEqual([]);
    expect(world.ours(issue).map((comment) => comment.body)).toEqual([
      expect.stringContaining('does not count'),
    ]);
  });

  it('nothing on a pull request', async () => {
    const pull = world.github.addIssue('acme/widgets', { title: 'A change', isPullRequest: true });
    world.say(pull, 'mia', '/manager choose');
    await world.github.webhooksIdle();
    await world.app.ctx.clock.sleep(300);
    expect(world.ours(pull)).toEqual([]);
    expect(pull.comments[0]?.reactions).toEqual([]);
  });
});
