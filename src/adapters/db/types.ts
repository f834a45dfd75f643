import type { Results } from '@electric-sql/pglite';
import type { Pool } from 'pg';
import type { DatabaseHandle } from '../../ports.ts';

export interface EmbeddedQueryOptions {
  rowMode?: 'object' | 'array';
  /** By type oid. Over the socket only parsers that return their text unchanged are possible. */
  parsers?: Record<number, (value: string, typeId?: number) => unknown>;
}

/** What Drizzle and pg-boss need of PGlite inside a transaction. */
export interface EmbeddedQueries {
  query<T>(text: string, params?: unknown[], options?: EmbeddedQueryOptions): Promise<Results<T>>;
  exec(text: string): Promise<Results<Record<string, unknown>>[]>;
}

/** PGlite itself, or a stand-in that asks the process which owns it. */
export interface EmbeddedClient extends EmbeddedQueries {
  transaction<T>(body: (tx: EmbeddedQueries) => Promise<T>): Promise<T>;
  /** Absent when the database belongs to another process: job queues then poll. */
  listen?(channel: string, onNotification: (payload: string) => void): Promise<() => Promise<void>>;
}

export interface EmbeddedDatabase extends DatabaseHandle {
  readonly kind: 'pglite';
  readonly client: EmbeddedClient;
  /** Applies the migrations in the process that has the files open; once, however often it is asked. */
  migrate(): Promise<void>;
}

export interface PostgresDatabase extends DatabaseHandle {
  readonly kind: 'postgres';
  readonly pool: Pool;
  readonly connectionString: string;
}

export type OpenDatabase = EmbeddedDatabase | PostgresDatabase;
