import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyFiles } from 'drizzle-orm/node-postgres/migrator';
import { DatabaseError, messageOf } from '../../errors.ts';
import type { Db } from '../../ports.ts';
import { installQueueSchema } from '../jobs/boss.ts';
import type { EmbeddedClient, OpenDatabase, PostgresDatabase } from './types.ts';

/** Any number that other users of the same database do not lock: the ASCII codes of "swem". */
const MIGRATION_LOCK = 0x73_77_65_6d;
/** Everything else that wants a table waits behind a migration that waits for it; milliseconds. */
const LOCK_TIMEOUT_MS = 3_000;
/** deadlock_detected and lock_not_available: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const IN_THE_WAY: ReadonlySet<string> = new Set(['40P01', '55P03']);
const MAX_ATTEMPTS = 20;
/** Before the second attempt, in milliseconds; before each later one as much more. */
const RETRY_MS = 200;

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
    const reason = messageOf(cause);
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
    await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await besideOthers(() => applyFiles(drizzle({ client }), { migrationsFolder: migrationsFolder() }));
    await installQueueSchema(database);
  } finally {
    // Destroyed, not returned: its lock and its settings end with it.
    client.release(true);
  }
}

/**
 * Processes of the version before are at work meanwhile. A table that one of them holds is not queued for longer than
 * they can bear, and whoever loses a deadlock begins again: migrations are one transaction.
 */
async function besideOthers(apply: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await apply();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !IN_THE_WAY.has(codeOf(error) ?? '')) throw error;
      await sleep(RETRY_MS * attempt);
    }
  }
}

/** Drizzle wraps what Postgres says. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause);
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
