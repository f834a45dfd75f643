import { type AnyColumn, type SQL, sql } from 'drizzle-orm';

/** In SQL what `eraseText` of the dataset stage does: a mark with the text's hash. */
export function mark(column: AnyColumn): SQL<string> {
  return sql`case when ${column} = '' or ${column} like '[erased, SHA-256 %]' then ${column} else '[erased, SHA-256 ' || encode(sha256(convert_to(${column}, 'UTF8')), 'hex') || ']' end`;
}
