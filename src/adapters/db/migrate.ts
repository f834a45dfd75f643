import { existsSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyFiles } from 'drizzle-orm/node-postgres/migrator';
import { DatabaseError } from '../../errors.ts';
import type { Db } from '../../ports.ts';
import { installQueueSchema } from '../jobs/boss.ts';
import type { EmbeddedClient, OpenDatabase, PostgresDatabase } from './types.ts';

/** Any number that other users of the same database do not lock: the ASCII codes of "swem". */
const MIGRATION_LOCK = 0x73_77_65_6d;

/**
 * Brings the database to this version's tables and pg-boss's. Safe to call from several processes at once,
 * and again at every start.
 * @throws DatabaseError when a migration fails; nothing of it is then applied.
 */
export async function migrate(database: OpenDatabase): Promise<void> {
  try {
    if (database.kind === 'postgres') await migratePostgres(database);
    else await database.migrate();
  } catch (cause) {
    if (cause instanceof DatabaseError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DatabaseError(
      `The database could not be migrated: ${reason}`,
      'Keep the data, read the cause, and start the version that wrote it if this one is older.',
      { cause },
    );
  }
}

/** Postgres gives no protection against two migrators by itself: the second waits for an advisory lock. */
async function migratePostgres(database: PostgresDatabase): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query('set statement_timeout = 0');
    await client.query('set idle_in_transaction_session_timeout = 0');
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await applyFiles(drizzle({ client }), { migrationsFolder: migrationsFolder() });
    await installQueueSchema(database);
  } finally {
    // Destroyed, not returned: its lock and its settings end with it.
    client.release(true);
  }
}

/**
 * Whether this version's tables are there. A database that is further on is fine: migrations only add.
 * @throws when the database does not answer.
 */
export async function isMigrated({ db }: { readonly db: Db }): Promise<boolean> {
  const wanted = readMigrationFiles({ migrationsFolder: migrationsFolder() }).at(-1)?.folderMillis ?? 0;
  const found: unknown = await db.execute(
    sql`select max(created_at)::float8 as last from drizzle.__drizzle_migrations`,
  );
  return ((found as { rows: { last: number | null }[] }).rows[0]?.last ?? 0) >= wanted;
}

/** The same, for the process that holds PGlite's files; being alone is the caller's business. */
export async function migrateEmbedded(db: Db, client: EmbeddedClient): Promise<void> {
  await applyToEmbedded(db);
  await installQueueSchema({ kind: 'pglite', client });
}

interface MigratableInternals {
  dialect: { migrate(files: unknown, session: unknown, config: { migrationsFolder: string }): Promise<void> };
  session: unknown;
}

async function applyToEmbedded(db: Db): Promise<void> {
  const folder = migrationsFolder();
  // What drizzle-orm/pglite/migrator does, whose type asks for a real PGlite behind `db`.
  const { dialect, session } = db as unknown as MigratableInternals;
  await dialect.migrate(readMigrationFiles({ migrationsFolder: folder }), session, {
    migrationsFolder: folder,
  });
}

/** The package's migrations/, found upwards from this file: it may run from src/, dist/ or node_modules/. */
export function migrationsFolder(from: string = import.meta.dirname): string {
  for (let directory = from; ; directory = path.dirname(directory)) {
    const candidate = path.join(directory, 'migrations');
    if (existsSync(path.join(candidate, 'meta', '_journal.json'))) return candidate;
    if (path.dirname(directory) === directory) break;
  }
  throw new DatabaseError(
    `No migrations/ folder was found above ${from}.`,
    'Install the package again: it was published or copied without its migrations.',
  );
}
