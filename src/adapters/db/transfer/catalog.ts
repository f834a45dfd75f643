/** What a database holds of ours: tables in an order in which they can be filled, their columns and sequences. */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../../../ports.ts';

export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface SequenceState {
  readonly table: string;
  readonly column: string;
  readonly lastValue: number;
  readonly isCalled: boolean;
}

export interface TableSum {
  readonly count: number;
  /** Over the rows' texts in an order that no collation changes. */
  readonly checksum: string;
}

export async function rowsOf<Row>(db: Db, query: SQL): Promise<Row[]> {
  const result: unknown = await db.execute(query);
  return (result as { rows: Row[] }).rows;
}

/** The tables of the schema `public`, those that others refer to first. The queue's wake-ups are not data. */
export async function listTables(db: Db): Promise<TableShape[]> {
  const columns = await rowsOf<{ table: string; column: string }>(
    db,
    sql`select c.relname as table, a.attname as column
        from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
          and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        order by c.relname, a.attnum`,
  );
  const references = await rowsOf<{ child: string; parent: string }>(
    db,
    sql`select distinct child.relname as child, parent.relname as parent
        from pg_constraint k join pg_class child on child.oid = k.conrelid
        join pg_class parent on parent.oid = k.confrelid
        where k.contype = 'f' and child.relnamespace = 'public'::regnamespace and child.oid <> parent.oid`,
  );
  const byTable = Map.groupBy(columns, (row) => row.table);
  return parentsFirst([...byTable.keys()], references).map((name) => ({
    name,
    columns: (byTable.get(name) ?? []).map((row) => row.column),
  }));
}

function parentsFirst(
  names: readonly string[],
  references: readonly { child: string; parent: string }[],
): string[] {
  const ordered: string[] = [];
  let rest = [...names];
  while (rest.length > 0) {
    const waiting = new Set(
      references.filter(({ parent }) => rest.includes(parent)).map(({ child }) => child),
    );
    const free = rest.filter((name) => !waiting.has(name));
    if (free.length === 0) throw new Error(`the tables ${rest.join(', ')} refer to each other in a circle`);
    ordered.push(...free);
    rest = rest.filter((name) => waiting.has(name));
  }
  return ordered;
}

export async function listSequences(db: Db): Promise<SequenceState[]> {
  const found = await rowsOf<{ table: string; column: string; sequence: string }>(
    db,
    sql`select c.relname as table, a.attname as column,
               pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence
        from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and a.attidentity <> '' order by 1, 2`,
  );
  const states: SequenceState[] = [];
  for (const { table, column, sequence } of found) {
    const [state] = await rowsOf<{ last: number; called: boolean }>(
      db,
      sql`select last_value::float8 as last, is_called as called from ${sql.raw(sequence)}`,
    );
    if (state) states.push({ table, column, lastValue: state.last, isCalled: state.called });
  }
  return states;
}

/** A row as JSON, in the order of `columns`. */
export function rowAsJson({ columns }: TableShape): SQL {
  const list = sql.join(
    columns.map((column) => sql`t.${sql.identifier(column)}`),
    sql`, `,
  );
  return sql`(select row_to_json(r)::text from (select ${list}) r)`;
}

/** Counts and sums up a table. Times are compared in UTC: the caller's transaction must have set it. */
export async function sumUp(db: Db, table: TableShape): Promise<TableSum> {
  const [row] = await rowsOf<{ count: number; checksum: string }>(
    db,
    sql`select count(*)::int as count,
               md5(coalesce(string_agg(row_hash, '' order by row_hash collate "C"), '')) as checksum
        from (select md5(${rowAsJson(table)}) as row_hash from ${sql.identifier(table.name)} t) hashes`,
  );
  return row ?? { count: 0, checksum: '' };
}

export async function isEmpty(db: Db, tables: readonly TableShape[]): Promise<boolean> {
  for (const { name } of tables) {
    const rows = await rowsOf(db, sql`select 1 from ${sql.identifier(name)} limit 1`);
    if (rows.length > 0) return false;
  }
  return true;
}
