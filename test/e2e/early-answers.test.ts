/** People read a decision and answer it before the App has heard that its own comment stands. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Issue } from '../../src/sandbox/github/index.ts';
import { openWorld, type World } from './world.ts';

const patiently = { timeout: 30_000, interval: 50 };
const COMMENTS = /\/issues\/\d+\/comments$/;
let world: World;

beforeEach(async () => {
  // The first look for a lost create comes after 2.1 s.
  world = await openWorld({ config: { limitsScale: 0.7, sweepMs: 86_400_000, lookAroundMs: 200 } });
});
afterEach(() => world.close());

/** The decision stands on GitHub; neither an answer nor a webhook has told the App so. */
async function decisionUnheardOf(): Promise<Issue> {
  const { github } = world;
  const issue = world.newIssue();
  world.propose(issue, 'ann');
  world.propose(issue, 'bob');
  await world.settle(issue);
  github.failAt({ method: 'POST', path: COMMENTS }, { kind: 'applied-then-destroyed' });
  world.say(issue, 'mia', '/manager choose');
  github.disturbWebhook({ event: 'issue_comment' }, { kind: 'drop', logged: false });
  await expect.poll(() => world.ours(issue).length, patiently).toBe(1);
  await world.nextSecond();
  return issue;
}

describe('an answer to a decision that the App does not know to be visible yet', () => {
  it.each(['accept', 'explain'])('%s waits until it is known', async (verb) => {
    const issue = await decisionUnheardOf();
    world.say(issue, 'mia', `/manager ${verb}`);
    await expect.poll(() => world.outcomes(issue), patiently).toEqual(['choose: done', `${verb}: done`]);
  });

  it('counts although the text had to change meanwhile', async () => {
    const issue = await decisionUnheardOf();
    const proposal = issue.comments.find((comment) => comment.author.login === 'bob');
    if (!proposal) throw new Error('bob proposed nothing');
    world.github.as('bob').deleteComment(proposal);
    const accept = world.say(issue, 'mia', '/manager accept');
    await expect.poll(() => world.outcomes(issue), patiently).toEqual(['choose: done', 'accept: done']);
    await world.settle(issue);
    const [decision] = world.ours(issue);
    expect(decision?.edits.length).toBeGreaterThan(0);
    expect(Date.parse(decision?.updatedAt ?? '')).toBeGreaterThan(Date.parse(accept.createdAt));
  });
});
