/** What people wrote travels to the database as parameters, and must not come back in an error. */
import { inspect } from 'node:util';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OpenDatabase } from '../../../src/adapters/db/types.ts';
import type { Db } from '../../../src/ports.ts';
import { installations } from '../../../src/schema/index.ts';
import { openTestDatabase } from '../../support/database.ts';

const WRITTEN = 'PRIVATE-WORDS';

let database: OpenDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const wrong = sql`select ${WRITTEN}::text, ${'no number'}::text::int`;
const row = { id: 7, accountLogin: WRITTEN };
const failing: Record<string, (db: Db) => Promise<unknown>> = {
  'a query': (db) => db.execute(wrong),
  'a query in a transaction': (db) => db.transaction((tx) => tx.execute(wrong)),
  'a row': (db) => db.insert(installations).values([row, row]),
};

it.each([
  ['a query', '22P02'],
  ['a query in a transaction', '22P02'],
  ['a row', '23505'],
])('%s that is refused throws its reason, without its parameters', async (which, code) => {
  const error: unknown = await failing[which]?.(database.db).catch((cause: unknown) => cause);
  expect(error).toMatchObject({
    message: expect.stringMatching(/^A query failed: (?:invalid input syntax|duplicate key)/),
    query: expect.stringContaining('$1'),
    cause: { code },
  });
  const everything = inspect(error, { depth: 20, showHidden: true, maxStringLength: null });
  expect(everything).not.toContain(WRITTEN);
});
