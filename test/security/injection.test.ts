/** SQL through every text of a payload and of a thread; paths and options through the command line's arguments. */
import { createHmac, randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands, deliveries } from '../../src/schema/index.ts';
import { proposalStore } from '../../src/store/index.ts';
import { openWorld, proposalOf, type World } from '../e2e/world.ts';

const SQL = `'); drop table commands; --\\' " $1 \${x} %s {{x}} /* */ \u0000 ; select pg_sleep(60)`;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe('SQL', () => {
  it('in a thread is text like any other', async () => {
    const issue = world.newIssue({ title: SQL, body: SQL });
    world.propose(issue, 'ann', `${proposalOf('ann')}\n${SQL}`);
    await world.command(issue, 'mia', '/manager choose');
    await world.command(issue, 'mia', `/manager override ${SQL.slice(0, 12).replaceAll(' ', '')} ${SQL}`);
    await world.command(issue, 'mia', `/manager reject ${SQL}`);
    const [ann] = await proposalStore.listProposals(world.app.ctx.db, issue.id);
    expect(ann?.authorLogin).toBe('ann');
    expect(await world.outcomes(issue)).toHaveLength(3);
  });

  it('in any text of a payload is stored or refused, and runs nowhere', async () => {
    const issue = world.newIssue();
    await world.command(issue, 'mia', '/manager status');
    const [delivery] = world.github.webhooks.log.filter((one) => one.event === 'issue_comment').slice(-1);
    const texts = pathsOfTexts(delivery?.payload);
    expect(texts.length).toBeGreaterThan(40);
    for (const path of texts) {
      expect([202, 400]).toContain(await post(replaced(delivery?.payload, path)));
    }
    const { db } = world.app.ctx;
    await expect
      .poll(() => db.$count(deliveries, sql`${deliveries.state} = 'received'`), { timeout: 20_000 })
      .toBe(0);
    expect(await db.$count(commands)).toBeGreaterThan(0);
  });
});

type Path = readonly string[];

function pathsOfTexts(node: unknown, path: Path = []): Path[] {
  if (typeof node === 'string') return [path];
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, inner]) => pathsOfTexts(inner, [...path, key]));
}

function replaced(node: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return SQL;
  const holder = node as Record<string, unknown>;
  return { ...holder, [key]: replaced(holder[key], rest) };
}

async function post(payload: unknown): Promise<number> {
  const body = JSON.stringify(payload);
  const signature = `sha256=${createHmac('sha256', world.github.webhookSecret).update(body).digest('hex')}`;
  const answer = await fetch(`${world.app.url}/api/github/webhooks`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'issue_comment',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': signature,
    },
  });
  return answer.status;
}
