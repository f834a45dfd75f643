/** Fills an empty, migrated database from a snapshot's lines, all or nothing, and checks what arrived. */
import { sql } from 'drizzle-orm';
import { InputError } from '../../../errors.ts';
import type { Db } from '../../../ports.ts';
import { isEmpty, listTables, sumUp, type TableShape } from './catalog.ts';
import {
  END_MARK,
  FORMAT,
  FORMAT_VERSION,
  lastMigration,
  type SnapshotHeader,
  TABLE_MARK,
} from './snapshot.ts';

export interface RestoredTable {
  readonly name: string;
  readonly count: number;
}

/** Rows go in by as many as fit in about this many characters. */
const BATCH_CHARACTERS = 1_000_000;

/** @throws InputError when the lines are none of ours, are cut off, or the database holds something already. */
export async function restoreSnapshot(db: Db, lines: AsyncIterable<string>): Promise<RestoredTable[]> {
  const iterator = lines[Symbol.asyncIterator]();
  try {
    const header = readHeader((await iterator.next()).value);
    return await db.transaction(async (tx) => {
      await tx.execute(sql`set local timezone = 'UTC'`);
      await assertFits(tx, header);
      await fill(tx, header, iterator);
      await setSequences(tx, header);
      return verify(tx, header);
    });
  } finally {
    await iterator.return?.();
  }
}

function readHeader(line: string | undefined): SnapshotHeader {
  const broken = new InputError(
    'This is no backup of SWE-Manager.',
    'Give a file that `swe-manager db backup` wrote.',
  );
  let header: SnapshotHeader;
  try {
    header = JSON.parse(line ?? '') as SnapshotHeader;
  } catch {
    throw broken;
  }
  if (header?.format !== FORMAT) throw broken;
  if (header.version !== FORMAT_VERSION) {
    throw new InputError(
      `The backup has format ${header.version}, this version reads ${FORMAT_VERSION}.`,
      'Restore it with the version of SWE-Manager that wrote it.',
    );
  }
  return header;
}

async function assertFits(tx: Db, header: SnapshotHeader): Promise<void> {
  if (header.migration > (await lastMigration(tx))) {
    throw new InputError(
      'The data is of a newer version of SWE-Manager than this one.',
      'Use that version or a later one.',
    );
  }
  const tables = await listTables(tx);
  if (await isEmpty(tx, tables)) return;
  throw new InputError(
    'The target database is not empty; nothing was changed.',
    'Choose an empty database or directory: what is there is never overwritten or mixed.',
  );
}

async function fill(tx: Db, header: SnapshotHeader, lines: AsyncIterator<string>): Promise<void> {
  const tables = new Map(header.tables.map((table) => [table.name, table]));
  let table: TableShape | undefined;
  let batch: string[] = [];
  let size = 0;
  const flush = async () => {
    if (table && batch.length > 0) await insertRows(tx, table, batch);
    batch = [];
    size = 0;
  };
  for (;;) {
    const { value: line, done } = await lines.next();
    if (done) throw new InputError('The backup breaks off.', 'Take another one; nothing was changed.');
    if (line === END_MARK) return flush();
    if (line.startsWith(TABLE_MARK)) {
      await flush();
      table = tables.get(line.slice(TABLE_MARK.length));
      continue;
    }
    batch.push(line);
    size += line.length;
    if (size > BATCH_CHARACTERS) await flush();
  }
}

async function insertRows(tx: Db, table: TableShape, rows: readonly string[]): Promise<void> {
  const name = sql.identifier(table.name);
  const columns = sql.join(
    table.columns.map((column) => sql.identifier(column)),
    sql`, `,
  );
  await tx.execute(
    sql`insert into ${name} (${columns}) overriding system value
        select ${columns} from json_populate_recordset(null::${name}, ${`[${rows.join(',')}]`}::json)`,
  );
}

/** The next number handed out is one that the source never used. */
async function setSequences(tx: Db, { sequences }: SnapshotHeader): Promise<void> {
  for (const { table, column, lastValue, isCalled } of sequences) {
    await tx.execute(
      sql`select setval(pg_get_serial_sequence(quote_ident(${table}::text), ${column}::text), ${lastValue}::bigint, ${isCalled}::boolean)`,
    );
  }
}

async function verify(tx: Db, header: SnapshotHeader): Promise<RestoredTable[]> {
  for (const table of header.tables) {
    const arrived = await sumUp(tx, table);
    if (arrived.count === table.count && arrived.checksum === table.checksum) continue;
    throw new InputError(
      `The table ${table.name} did not arrive as it was (${arrived.count} of ${table.count} rows); nothing was changed.`,
      'The backup is damaged: take another one.',
    );
  }
  return header.tables.map(({ name, count }) => ({ name, count }));
}
