/** A cancel ends what was asked for before it, however late it is heard, and nothing that was asked for since. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEmbeddedJudge } from '../../src/pipeline/judge/embedded/judge.ts';
import type { Judge } from '../../src/pipeline/judge/types.ts';
import type { Issue } from '../../src/sandbox/github/index.ts';
import { openWorld, type World } from './world.ts';

const patiently = { timeout: 15_000 };
const embedded = createEmbeddedJudge();
let gate = Promise.withResolvers<void>();
let asked = 0;
const gated: Judge = {
  name: 'gated',
  judge: async (input, options) => {
    asked += 1;
    const stopped = new Promise<never>((_resolve, reject) => {
      options?.signal?.addEventListener('abort', () => reject(options.signal?.reason));
    });
    await Promise.race([gate.promise, stopped]);
    return embedded.judge(input, options);
  },
};
let world: World;

beforeAll(async () => {
  world = await openWorld({ parts: { judge: gated } });
});
afterAll(() => world.close());

async function proposed(): Promise<Issue> {
  gate = Promise.withResolvers<void>();
  asked = 0;
  const issue = world.newIssue();
  world.propose(issue, 'ann');
  world.propose(issue, 'bob');
  await world.settle(issue);
  return issue;
}

it('is heard while a run is under way that was asked for after it: that one goes on', async () => {
  const issue = await proposed();
  world.github.failAt({ method: 'GET', path: /\/collaborators\/tim\/permission/ }, { kind: 'slow', ms: 800 });
  world.say(issue, 'tim', '/manager cancel');
  world.say(issue, 'mia', '/manager choose');
  await expect.poll(() => asked, patiently).toBe(1);
  await expect
    .poll(async () => (await world.outcomes(issue))[0], patiently)
    .toBe('cancel: nothing-to-cancel');
  gate.resolve();
  await world.settle(issue);
  expect(await world.outcomes(issue)).toEqual(['cancel: nothing-to-cancel', 'choose: done']);
});

it('stands between two choices in one comment: the first ends, the second is made', async () => {
  const issue = await proposed();
  world.say(issue, 'mia', '/manager choose\n/manager cancel\n/manager choose');
  await expect.poll(() => world.outcomes(issue), patiently).toContain('cancel: done');
  gate.resolve();
  await world.settle(issue);
  expect(await world.outcomes(issue)).toEqual(['choose: cancelled', 'cancel: done', 'choose: done']);
});
