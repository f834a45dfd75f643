import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from '../schema/index.ts';

/** A database or an open transaction on it: drizzle over PGlite or node-postgres. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

export interface DatabaseHandle {
  readonly db: Db;
  readonly kind: 'pglite' | 'postgres';
  /** True when the embedded database belongs to another process and is reached through its local socket. */
  readonly remote: boolean;
  close(): Promise<void>;
}
