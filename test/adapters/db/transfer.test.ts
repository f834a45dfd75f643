/** Everything of one database arrives in another: both kinds, odd values, sequences; or nothing does. */
import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { restoreSnapshot } from '../../../src/adapters/db/transfer/restore.ts';
import { takeSnapshot } from '../../../src/adapters/db/transfer/snapshot.ts';
import { splitLines } from '../../../src/adapters/db/transfer/split-lines.ts';
import type { OpenDatabase } from '../../../src/adapters/db/types.ts';
import { deliveries, installations, issues, repositories } from '../../../src/schema/index.ts';
import { openTestDatabase } from '../../support/database.ts';

const opened: OpenDatabase[] = [];
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
});

async function open() {
  const database = await openTestDatabase();
  opened.push(database);
  return database.db;
}

async function seeded() {
  const db = await open();
  await db.insert(installations).values({ id: 7, accountLogin: 'acme' });
  await db
    .insert(repositories)
    .values({ id: 9_007_199_254_740_991, installationId: 7, owner: 'acme', name: 'w' });
  await db.insert(issues).values({
    id: 12,
    repositoryId: 9_007_199_254_740_991,
    number: 1,
    title: 'Zeile\n"quoted" \\ 🎀 \u2028',
  });
  const payload = { deep: [1.5, null, { text: '#table deliveries\n#end' }] };
  for (const id of ['a', 'b', 'c'])
    await db.insert(deliveries).values({ id, event: 'ping', lane: id, payload });
  await db.delete(deliveries).where(sql`id = 'c'`);
  return db;
}

async function textOf(db: Awaited<ReturnType<typeof open>>): Promise<string> {
  let text = '';
  await takeSnapshot(db, async (chunks) => {
    for await (const chunk of chunks) text += chunk;
  });
  return text;
}

async function* from(text: string) {
  // Cut at odd places, as a file is read.
  for (let at = 0; at < text.length; at += 1_000) yield text.slice(at, at + 1_000);
}

describe('a database', () => {
  it('arrives whole, in rows, values and the numbers handed out next', async () => {
    const source = await seeded();
    const target = await open();
    const restored = await takeSnapshot(source, (chunks) => restoreSnapshot(target, splitLines(chunks)));
    expect(restored.find((table) => table.name === 'deliveries')?.count).toBe(2);
    for (const table of [installations, repositories, issues, deliveries]) {
      expect(await target.select().from(table)).toEqual(await source.select().from(table));
    }
    await target.insert(deliveries).values({ id: 'd', event: 'ping', lane: 'd', payload: {} });
    const [next] = await target.select().from(deliveries).where(sql`id = 'd'`);
    expect(next?.sequence).toBe(4);
  });

  it('is not restored over another one', async () => {
    const text = await textOf(await seeded());
    const target = await open();
    await target.insert(installations).values({ id: 1 });
    await expect(restoreSnapshot(target, splitLines(from(text)))).rejects.toThrow('not empty');
    expect(await target.select().from(issues)).toEqual([]);
  });

  it.each([
    ['breaks off', (text: string) => text.slice(0, text.lastIndexOf('#end')), 'breaks off'],
    [
      'lacks a row',
      (text: string) => text.replace(/\{"id":"a".*\n/, ''),
      'did not arrive as it was (1 of 2 rows)',
    ],
    ['was changed', (text: string) => text.replace('"ping"', '"pong"'), 'did not arrive as it was'],
    ['is no backup', () => 'hello', 'no backup'],
    [
      'is of a newer version',
      (text: string) => text.replace(/"migration":\d+/, '"migration":9e15'),
      'newer version',
    ],
  ])('is left empty by a backup that %s', async (_name, spoil, message) => {
    const text = spoil(await textOf(await seeded()));
    const target = await open();
    await expect(restoreSnapshot(target, splitLines(from(text)))).rejects.toThrow(message);
    expect(await target.select().from(installations)).toEqual([]);
  });
});
