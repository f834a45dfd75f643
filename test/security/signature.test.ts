/** The webhook's signature is compared in constant time, and what is replayed changes nothing. */
import * as crypto from 'node:crypto';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { afterEach, expect, it } from 'vitest';
import { commandStore } from '../../src/store/index.ts';
import { openWorld, type World } from '../e2e/world.ts';

const worlds: World[] = [];
const builtin = createRequire(import.meta.url)('node:crypto') as {
  timingSafeEqual: typeof crypto.timingSafeEqual;
};
const original = builtin.timingSafeEqual;

async function world(): Promise<World> {
  const opened = await openWorld();
  worlds.push(opened);
  return opened;
}

afterEach(async () => {
  builtin.timingSafeEqual = original;
  syncBuiltinESMExports();
  for (const opened of worlds.splice(0)) await opened.close();
});

it('compares whole signatures in constant time, the right one as the wrong one', async () => {
  const w = await world();
  const compared: number[] = [];
  builtin.timingSafeEqual = (a, b) => {
    compared.push(a.byteLength, b.byteLength);
    return original(a, b);
  };
  syncBuiltinESMExports();
  const body = '{"action":"created"}';
  const right = `sha256=${crypto.createHmac('sha256', w.github.webhookSecret).update(body).digest('hex')}`;
  const wrong = right.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  expect(await post(w, body, right)).toBe(202);
  expect(await post(w, body, wrong)).toBe(401);
  expect(compared.length).toBeGreaterThanOrEqual(4);
  expect(new Set(compared).size).toBe(1);
});

it('takes an old delivery again, under its own and under another GUID, and does nothing twice', async () => {
  const w = await world();
  const issue = w.newIssue();
  w.propose(issue, 'ann');
  await w.command(issue, 'mia', '/manager choose');
  await w.command(issue, 'mia', '/manager accept');
  await expect.poll(() => w.ours(issue)[0]?.body, { timeout: 15_000 }).toContain('[x]');
  const before = { outcomes: await w.outcomes(issue), body: w.ours(issue)[0]?.body };
  for (const { payload, guid, event } of [...w.github.webhooks.log]) {
    const body = JSON.stringify(payload);
    const signature = `sha256=${crypto.createHmac('sha256', w.github.webhookSecret).update(body).digest('hex')}`;
    expect(await post(w, body, signature, { guid, event })).toBe(202);
    expect(await post(w, body, signature, { guid: crypto.randomUUID(), event })).toBe(202);
  }
  await w.settle(issue);
  expect(await w.outcomes(issue)).toEqual(before.outcomes);
  expect(w.ours(issue).map((comment) => comment.body)).toEqual([before.body]);
  expect(await commandStore.unfinishedCommands(w.app.ctx.db, issue.id)).toEqual([]);
});

async function post(
  w: World,
  body: string,
  signature: string,
  as: { guid?: string; event?: string } = {},
): Promise<number> {
  const answer = await fetch(`${w.app.url}/api/github/webhooks`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': as.event ?? 'issue_comment',
      'x-github-delivery': as.guid ?? crypto.randomUUID(),
      'x-hub-signature-256': signature,
    },
  });
  return answer.status;
}
