/**
 * Drizzle's error about a failed query holds the parameters, in its message too, and with them whatever people wrote.
 * From there it would go to logs, to the rows and jobs that say why something failed, and into a comment.
 */
import { DrizzleQueryError } from 'drizzle-orm';
import { PgPreparedQuery } from 'drizzle-orm/pg-core';
import { messageOf } from '../../errors.ts';

/** A query that the database refused, or that did not reach it; `cause` is the driver's error. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  /** With places where the parameters were. */
  readonly query: string;

  constructor(query: string, cause: unknown) {
    super(`A query failed: ${messageOf(cause)}`, { cause });
    this.query = query;
  }
}

type Run = (this: unknown, ...args: unknown[]) => Promise<unknown>;

/** Every query of both databases runs through this method, in transactions too; Drizzle's types leave it out. */
const prepared = PgPreparedQuery.prototype as unknown as { queryWithCache: Run };
const run = prepared.queryWithCache;

const runWithoutTelling: Run = async function (...args) {
  try {
    return await run.apply(this, args);
  } catch (error) {
    throw error instanceof DrizzleQueryError ? withoutParameters(error) : error;
  }
};

function withoutParameters({ query, cause }: DrizzleQueryError): QueryError {
  if (cause !== undefined) Reflect.deleteProperty(cause, 'params'); // PGlite's own error holds them too.
  return new QueryError(query, cause);
}

/** Makes failed queries throw a `QueryError`, for the whole process; once is enough, and again does no harm. */
export function keepParametersOutOfErrors(): void {
  prepared.queryWithCache = runWithoutTelling;
}
