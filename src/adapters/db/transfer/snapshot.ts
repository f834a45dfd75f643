/**
 * A whole database as lines of text, in one state: a header with counts and checksums, then every table's rows, then
 * an end mark. Rows stay the text that Postgres wrote, so that no number loses a digit on the way.
 */
import { sql } from 'drizzle-orm';
import type { Db } from '../../../ports.ts';
import {
  listSequences,
  listTables,
  rowAsJson,
  rowsOf,
  type SequenceState,
  sumUp,
  type TableShape,
  type TableSum,
} from './catalog.ts';

export const FORMAT = 'swe-manager-backup';
export const FORMAT_VERSION = 1;
/** Begins a line that names the table of the rows after it. No row begins so: rows are JSON objects. */
export const TABLE_MARK = '#table ';
export const END_MARK = '#end';

export interface SnapshotHeader {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly takenAt: string;
  /** The last migration of the database it was taken from, in milliseconds since the epoch. */
  readonly migration: number;
  readonly tables: readonly (TableShape & TableSum)[];
  readonly sequences: readonly SequenceState[];
}

const ROWS_A_FETCH = 200;

/** Calls `use` with the lines of the database as it was at one moment, each ending in a line break. */
export async function takeSnapshot<Result>(
  db: Db,
  use: (lines: AsyncIterable<string>) => Promise<Result>,
): Promise<Result> {
  return db.transaction(
    async (tx) => {
      await tx.execute(sql`set local timezone = 'UTC'`);
      return use(linesOf(tx, await readHeader(tx)));
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

async function readHeader(tx: Db): Promise<SnapshotHeader> {
  const tables: SnapshotHeader['tables'][number][] = [];
  for (const table of await listTables(tx)) tables.push({ ...table, ...(await sumUp(tx, table)) });
  return {
    format: FORMAT,
    version: FORMAT_VERSION,
    takenAt: new Date().toISOString(),
    migration: await lastMigration(tx),
    tables,
    sequences: await listSequences(tx),
  };
}

/** @returns the time of the last migration that was applied, in milliseconds since the epoch. */
export async function lastMigration(db: Db): Promise<number> {
  const [row] = await rowsOf<{ last: number | null }>(
    db,
    sql`select max(created_at)::float8 as last from drizzle.__drizzle_migrations`,
  );
  return row?.last ?? 0;
}

async function* linesOf(tx: Db, header: SnapshotHeader): AsyncGenerator<string> {
  yield `${JSON.stringify(header)}\n`;
  for (const table of header.tables) {
    yield `${TABLE_MARK}${table.name}\n`;
    yield* rowsAsLines(tx, table);
  }
  yield `${END_MARK}\n`;
}

async function* rowsAsLines(tx: Db, table: TableShape): AsyncGenerator<string> {
  await tx.execute(
    sql`declare transfer no scroll cursor for select ${rowAsJson(table)} as row from ${sql.identifier(table.name)} t`,
  );
  for (;;) {
    const rows = await rowsOf<{ row: string }>(tx, sql.raw(`fetch ${ROWS_A_FETCH} from transfer`));
    if (rows.length === 0) break;
    yield rows.map(({ row }) => `${row}\n`).join('');
  }
  await tx.execute(sql`close transfer`);
}
