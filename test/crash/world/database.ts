/** The database of one world: the App's processes use it, the oracle looks into it, a test may restart it. */
import { randomBytes } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { migrate } from '../../../src/adapters/db/migrate.ts';
import { openDatabase } from '../../../src/adapters/db/open.ts';
import type { Db } from '../../../src/ports.ts';
import { asAdmin } from '../../support/global-setup.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';

export interface WorldDatabase {
  readonly kind: 'pglite' | 'postgres';
  /** What the App's processes need to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Reads it, whether or not a process of the App is running. */
  look<T>(read: (db: Db) => Promise<T>): Promise<T>;
  drop(): Promise<void>;
}

/** Makes migrated databases quickly, as copies of one. */
export interface DatabaseFactory {
  create(): Promise<WorldDatabase>;
  /** Crashes or restarts the server under all of them; PGlite has none. */
  readonly restart: PostgresServer['restart'] | null;
  close(): Promise<void>;
}

export async function createPgliteFactory(directory: string, name = 'template'): Promise<DatabaseFactory> {
  const template = path.join(directory, name);
  const database = await openDatabase({ databaseUrl: null, dataDir: template, embedded: 'own' });
  await migrate(database);
  await database.close();
  return {
    create: async () => {
      const dataDir = path.join(directory, `data-${randomBytes(4).toString('hex')}`);
      cpSync(path.join(template, 'db'), path.join(dataDir, 'db'), { recursive: true });
      return {
        kind: 'pglite',
        env: { SWE_MANAGER_DATA_DIR: dataDir },
        look: (read) => lookInto({ databaseUrl: null, dataDir }, read),
        drop: async () => rmSync(dataDir, { recursive: true }),
      };
    },
    restart: null,
    close: async () => {},
  };
}

const TEMPLATE = 'swe_crash_template';

export async function createPostgresFactory(): Promise<DatabaseFactory> {
  const server = await startPostgres({ durable: true });
  await asAdmin(server.url, `create database ${TEMPLATE}`);
  await lookInto({ databaseUrl: server.databaseUrl(TEMPLATE), dataDir: '' }, async () => {}, true);
  return {
    create: async () => {
      const name = `swe_crash_${randomBytes(4).toString('hex')}`;
      await asAdmin(server.url, `create database ${name} template ${TEMPLATE}`);
      const databaseUrl = server.databaseUrl(name);
      return {
        kind: 'postgres',
        env: { DATABASE_URL: databaseUrl },
        look: (read) => lookInto({ databaseUrl, dataDir: '' }, read),
        drop: () => asAdmin(server.url, `drop database ${name} with (force)`),
      };
    },
    restart: server.restart,
    close: server.stop,
  };
}

async function lookInto<T>(
  place: { databaseUrl: string | null; dataDir: string },
  read: (db: Db) => Promise<T>,
  migrated = false,
): Promise<T> {
  const database = await openDatabase(place);
  try {
    if (migrated) await migrate(database);
    return await read(database.db);
  } finally {
    await database.close();
  }
}
