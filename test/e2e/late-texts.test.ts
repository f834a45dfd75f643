/** Proposals that are written or edited while GitHub is read, and events that come late. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Issue } from '../../src/sandbox/github/index.ts';
import { decisionStore, proposalStore } from '../../src/store/index.ts';
import { openWorld, proposalOf, type World } from './world.ts';

const patiently = { timeout: 15_000 };
let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** The texts of each living proposal, by whose they are. */
async function textsOf(issue: Issue): Promise<(string | undefined)[][]> {
  const live = await proposalStore.liveProposals(world.app.ctx.db, issue.id);
  return live.map(({ revisions }) => revisions.map(({ body }) => /menu\/(\w+)\.ts/.exec(body)?.[1]));
}

const questions = () => world.github.state.audit.entries.filter(({ path }) => path === '/graphql').length;

describe('a proposal', () => {
  it('that came or was edited while the thread was read is not judged, stays on record and is announced', async () => {
    const issue = world.newIssue();
    const ann = world.propose(issue, 'ann');
    world.propose(issue, 'bob');
    await world.nextSecond();
    const before = questions();
    world.github.failAt({ method: 'POST', path: /graphql/ }, { kind: 'slow', ms: 1_500 });
    world.say(issue, 'mia', '/manager choose');
    // Its comments are listed by now, and it is asked which of them are hidden.
    await expect.poll(questions, patiently).toBe(before + 1);
    await world.nextSecond();
    world.propose(issue, 'late');
    world.github.as('ann').editComment(ann, proposalOf('edited'));
    await world.settle(issue);
    expect(await textsOf(issue)).toEqual([['ann', 'edited'], ['bob'], ['late']]);
    const decision = await decisionStore.latestDecision(world.app.ctx.db, issue.id);
    expect(decision?.newerProposals).toEqual([1, 3]);
  });

  it('keeps its last text when an event about an earlier one comes late', async () => {
    const issue = world.newIssue();
    await world.settle(issue);
    world.github.disturbWebhook({ event: 'issue_comment' }, { kind: 'delay', ms: 1_500 });
    const draft = world.say(issue, 'ann', 'I am at it.');
    const again = world.propose(issue, 'bob');
    await world.nextSecond();
    world.github.as('ann').editComment(draft, proposalOf('ann'));
    world.github.disturbWebhook({ event: 'issue_comment' }, { kind: 'delay', ms: 1_500 });
    world.github.as('bob').editComment(again, proposalOf('second'));
    await world.nextSecond();
    world.github.as('bob').editComment(again, proposalOf('third'));
    await world.settle(issue);
    expect((await textsOf(issue)).map((texts) => texts.at(-1))).toEqual(['ann', 'third']);
  });
});
