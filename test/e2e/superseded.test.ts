/** What is said and written late about a decision that a newer one replaces. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Issue } from '../../src/sandbox/github/index.ts';
import { decisionStore, runStore } from '../../src/store/index.ts';
import { openWorld, type World } from './world.ts';

const THREAD = { method: 'GET', path: /\/issues\/\d+$/ };
const COMMENTS = { method: 'POST', path: /\/issues\/\d+\/comments$/ };
let world: World;

beforeAll(async () => {
  // A comment that was lost is created anew after 1.8 s.
  world = await openWorld({ config: { limitsScale: 0.1 } });
});
afterAll(() => world.close());

function proposed(): Issue {
  const issue = world.newIssue();
  world.propose(issue, 'ann');
  world.propose(issue, 'bob');
  return issue;
}

const firstLines = (issue: Issue) => world.ours(issue).map(({ body }) => body.split('\n')[0]);

describe('a superseded decision', () => {
  it('stays folded when an answer to it is heard late, and names the answer', async () => {
    const issue = proposed();
    await world.command(issue, 'mia', '/manager choose');
    await world.nextSecond();
    world.github.failAt(THREAD, { kind: 'slow', ms: 2_000 });
    world.say(issue, 'mia', '/manager choose');
    const isRunning = async () => (await runStore.openRuns(world.app.ctx.db, issue.id))[0]?.state;
    await expect.poll(isRunning, { timeout: 10_000 }).toBe('running');
    await world.command(issue, 'mia', '/manager accept');
    expect(await world.outcomes(issue)).toEqual(['choose: done', 'choose: done', 'accept: done']);
    expect(firstLines(issue)).toEqual([
      expect.stringMatching(/^Superseded by \[a newer decision\].*, accepted by mia /),
      expect.stringMatching(/^## Proposal \d is the choice/),
    ]);
  });

  it('is folded at once when GitHub took its comment after the newer one', async () => {
    const issue = proposed();
    await world.settle(issue);
    world.github.failAt(COMMENTS, { kind: 'destroyed' });
    world.say(issue, 'mia', '/manager choose');
    await expect.poll(() => world.outcomes(issue), { timeout: 10_000 }).toEqual(['choose: done']);
    await world.command(issue, 'mia', '/manager choose');
    const newest = await decisionStore.latestDecision(world.app.ctx.db, issue.id);
    const newer = world.ours(issue).find(({ body }) => body.includes(`decision \`${newest?.id}\``));
    const older = world.ours(issue).find((comment) => comment !== newer);
    expect(newer?.body).toMatch(/^## Proposal \d is the choice/);
    expect(older?.body).toMatch(/^Superseded by \[a newer decision\]/);
    expect(older?.body).toContain(`#issuecomment-${newer?.id}`);
  });
});
