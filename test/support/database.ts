import { randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { inject } from 'vitest';
import { embeddedDatabase, startPglite } from '../../src/adapters/db/embedded.ts';
import { openPostgres } from '../../src/adapters/db/postgres.ts';
import { rendezvousIn } from '../../src/adapters/db/rendezvous.ts';
import type { OpenDatabase } from '../../src/adapters/db/types.ts';
import { asAdmin, type DatabaseTemplate } from './global-setup.ts';

/**
 * A fresh database with all tables, for one test or one file; `close()` drops it. PGlite in memory, or on
 * the server that `npm run test:postgres` started.
 */
export async function openTestDatabase(): Promise<OpenDatabase> {
  const template = inject('databaseTemplate');
  return template.kind === 'pglite' ? openPgliteCopy(template) : openPostgresCopy(template);
}

/**
 * Puts the migrated tables where an embedded database in `dataDir` finds them, as if it had been used before. Only
 * saves time: without a template of that kind whoever opens the directory makes them.
 */
export async function fillDataDirectory(dataDir: string): Promise<void> {
  const template = inject('databaseTemplate');
  if (template.kind !== 'pglite') return;
  const { dataFiles } = rendezvousIn(dataDir);
  const pglite = await startPglite(dataFiles, { loadDataDir: await openAsBlob(template.location) });
  await pglite.close();
}

/** Emptied databases of this process, for the next test: starting another takes half a second. */
const emptied: PGlite[] = [];

async function openPgliteCopy(template: DatabaseTemplate): Promise<OpenDatabase> {
  const pglite =
    emptied.pop() ?? (await startPglite(undefined, { loadDataDir: await openAsBlob(template.location) }));
  let open = true;
  const whileOpen = <T>(use: () => Promise<T>): Promise<T> =>
    open ? use() : Promise.reject(new Error('PGlite is closed'));
  return embeddedDatabase({
    query: (text, params, options) => whileOpen(() => pglite.query(text, params, options)),
    exec: (text) => whileOpen(() => pglite.exec(text)),
    transaction: (body) => whileOpen(() => pglite.transaction(body)),
    listen: (channel, onNotification) => whileOpen(() => pglite.listen(channel, onNotification)),
    close: async () => {
      open = false;
      await pglite.exec(EMPTY);
      emptied.push(pglite);
    },
  });
}

/** Leaves what the migrations themselves wrote. */
const EMPTY = `
do $$ declare name text; filled boolean; begin
  for name in select format('%I.%I', schemaname, tablename) from pg_tables
    where schemaname in ('public', 'pgboss') and (schemaname, tablename) <> ('pgboss', 'version')
  loop
    execute 'select exists (select from ' || name || ')' into filled;
    if filled then execute 'truncate ' || name || ' restart identity cascade'; end if;
  end loop;
  update pgboss.version set cron_on = null, bam_on = null, flow_on = null, reindex_on = null, monitor_backoff_on = null;
end $$;
select pg_advisory_unlock_all();`;

async function openPostgresCopy(template: DatabaseTemplate): Promise<OpenDatabase> {
  const name = `swe_test_${randomBytes(8).toString('hex')}`;
  await asAdmin(template.location, `create database ${name} template ${template.name}`);
  const url = new URL(template.location);
  url.pathname = `/${name}`;
  const database = await openPostgres(url.href, () => {});
  return {
    ...database,
    close: async () => {
      await database.close();
      await asAdmin(template.location, `drop database ${name} with (force)`);
    },
  };
}
