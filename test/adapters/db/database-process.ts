/** A process of its own that opens a data directory and does what its parent says, one message at a time. */
import { sql } from 'drizzle-orm/sql';
import { migrate } from '../../../src/adapters/db/migrate.ts';
import { openDatabase } from '../../../src/adapters/db/open.ts';

export type Order =
  | { open: string; databaseUrl?: string }
  | { migrate: true }
  | { sql: string }
  | { hold: string }
  | { close: true };

let database: Awaited<ReturnType<typeof openDatabase>> | undefined;

async function obey(order: Order): Promise<unknown> {
  if ('open' in order) {
    database = await openDatabase({ databaseUrl: order.databaseUrl ?? null, dataDir: order.open });
    return { remote: database.remote };
  }
  if (!database) throw new Error('not open');
  if ('migrate' in order) return migrate(database);
  if ('sql' in order) return (await database.db.execute(sql.raw(order.sql))) as unknown;
  if ('close' in order) return database.close();
  // Opens a transaction, does this in it, and never comes back.
  return new Promise((resolve, reject) => {
    database?.db
      .transaction(async (tx) => {
        await tx.execute(sql.raw(order.hold));
        resolve(null);
        await new Promise(() => {});
      })
      .catch(reject);
  });
}

process.on('message', (order: Order) => {
  obey(order).then(
    (value) => process.send?.({ value: JSON.parse(JSON.stringify(value ?? null)) }),
    (error: Error) => process.send?.({ error: error.message, name: error.name }),
  );
});
