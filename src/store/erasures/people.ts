/** Names and ids of a person, wherever our tables hold them. */
import { eq, sql } from 'drizzle-orm';
import type { Db } from '../../ports.ts';
import { commands, proposals, signals } from '../../schema/index.ts';

/** Columns that name accounts to reach them on GitHub: without them the App could not work for the others. */
const NAMES_WE_NEED = new Set(['repositories.owner', 'repositories.name', 'installations.account_login']);

/**
 * Replaces a person in every text and JSON column of every table of ours, found by the database's own catalogue so
 * that no table can be forgotten.
 */
export async function forgetEverywhere(
  tx: Db,
  login: string,
  forget: { readonly text: (text: string) => string; readonly json: (value: unknown) => unknown },
): Promise<number> {
  let changed = 0;
  for (const { table, column, type } of await textColumns(tx)) {
    if (NAMES_WE_NEED.has(`${table}.${column}`)) continue;
    const [name, of] = [sql.identifier(column), sql.identifier(table)];
    const rows = await tx.execute(
      sql`select ctid::text as row, ${name} as value from ${of} where ${name}::text ilike ${`%${literal(login)}%`}`,
    );
    for (const { row, value } of (rows as unknown as { rows: { row: string; value: unknown }[] }).rows) {
      const next = type === 'jsonb' ? JSON.stringify(forget.json(value)) : forget.text(String(value));
      if (type !== 'jsonb' && next === value) continue;
      await tx.execute(
        type === 'jsonb'
          ? sql`update ${of} set ${name} = ${next}::jsonb where ctid = ${row}::tid`
          : sql`update ${of} set ${name} = ${next} where ctid = ${row}::tid`,
      );
      changed += 1;
    }
  }
  return changed;
}

export interface TextColumn {
  readonly table: string;
  readonly column: string;
  readonly type: 'text' | 'jsonb';
}

/** Every column of our tables that can hold text. */
export async function textColumns(db: Db): Promise<TextColumn[]> {
  const rows = await db.execute(
    sql`select table_name as "table", column_name as "column", case when data_type = 'jsonb' then 'jsonb' else 'text' end as type
        from information_schema.columns
        where table_schema = 'public' and data_type in ('text', 'character varying', 'jsonb')
        order by table_name, ordinal_position`,
  );
  return (rows as unknown as { rows: TextColumn[] }).rows;
}

/** For `like`: its wildcards as plain characters. */
function literal(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** GitHub's ids of the person beside the pseudonym. */
export async function forgetIds(tx: Db, pseudonym: string): Promise<void> {
  await tx.update(proposals).set({ authorId: null }).where(eq(proposals.authorLogin, pseudonym));
  await tx.update(signals).set({ actorId: null }).where(eq(signals.actorLogin, pseudonym));
  await tx.update(commands).set({ actorId: null }).where(eq(commands.actorLogin, pseudonym));
}
