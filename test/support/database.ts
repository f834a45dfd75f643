import { randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
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

/** Puts the migrated tables where an embedded database in `dataDir` finds them, as if it had been used before. */
export async function fillDataDirectory(dataDir: string): Promise<void> {
  const template = inject('databaseTemplate');
  const { dataFiles } = rendezvousIn(dataDir);
  const pglite = await startPglite(dataFiles, { loadDataDir: await openAsBlob(template.location) });
  await pglite.close();
}

async function openPgliteCopy(template: DatabaseTemplate): Promise<OpenDatabase> {
  const loadDataDir = await openAsBlob(template.location);
  return embeddedDatabase(await startPglite(undefined, { loadDataDir }));
}

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
