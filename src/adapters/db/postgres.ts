import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { DatabaseError, messageOf } from '../../errors.ts';
import * as schema from '../../schema/index.ts';
import { keepParametersOutOfErrors } from './query-error.ts';
import type { PostgresDatabase } from './types.ts';

const MAX_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30_000;
/** Longer than any query of ours, shorter than a person's patience with a stuck one. */
const STATEMENT_TIMEOUT_MS = 120_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;
const INT8_OID = 20;

/**
 * Opens a pool on the server and makes one query, so that a wrong URL is known at once.
 * @throws DatabaseError when the server cannot be reached or refuses us; the message never holds the password.
 */
export async function openPostgres(
  connectionString: string,
  onIdleError: (error: Error) => void,
): Promise<PostgresDatabase> {
  parseBigintsLikePglite();
  keepParametersOutOfErrors();
  const pool = new pg.Pool({
    connectionString,
    application_name: 'swe-manager',
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
  });
  // An idle client whose server goes away emits on the pool; unheard, that would end the process.
  pool.on('error', onIdleError);
  // A client that is out of the pool, inside a transaction, has no such listener: its query fails anyway.
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    await pool.query('select 1');
  } catch (cause) {
    await pool.end();
    const reason = messageOf(cause);
    throw new DatabaseError(
      `Postgres cannot be reached: ${reason}.`,
      'Check DATABASE_URL and that the server runs, or unset it to use the embedded database.',
      { cause },
    );
  }
  const db = drizzle({ client: pool, schema });
  return { kind: 'postgres', remote: false, db, pool, connectionString, close: () => pool.end() };
}

/**
 * Raw queries (`count(*)`) give numbers on PGlite and strings on pg. Drizzle asks pg's global table of
 * parsers and not the pool's, so the one place to make them equal is that table.
 */
function parseBigintsLikePglite(): void {
  pg.types.setTypeParser(INT8_OID, (text) => {
    const value = Number(text);
    return Number.isSafeInteger(value) ? value : BigInt(text);
  });
}
