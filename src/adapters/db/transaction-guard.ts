import { AsyncLocalStorage } from 'node:async_hooks';
import { DatabaseError } from '../../errors.ts';
import type { EmbeddedClient, EmbeddedQueries } from './types.ts';

/**
 * Refuses queries that bypass the transaction they are awaited in. PGlite has one connection, so such a
 * query waits for the transaction, which waits for the query, for ever and without a word; on a pool it
 * would quietly run outside the transaction. The mark follows the asynchronous calls of the
 * transaction's body and ends with it.
 */
export function guardTransactions(client: EmbeddedClient): EmbeddedClient {
  const marks = new AsyncLocalStorage<{ open: boolean }>();
  const refuse = () => {
    if (marks.getStore()?.open !== true) return;
    throw new DatabaseError(
      'A query was made outside the transaction that is open around it; PGlite would wait for ever.',
      'Pass the transaction (`tx`) to whatever makes this query, or make the query before or after it.',
    );
  };
  const transaction = async <T>(body: (tx: EmbeddedQueries) => Promise<T>): Promise<T> => {
    refuse();
    const mark = { open: true };
    try {
      return await client.transaction((tx) => marks.run(mark, () => body(tx)));
    } finally {
      mark.open = false;
    }
  };
  const guarded: EmbeddedClient = {
    query: async (text, params, options) => {
      refuse();
      return client.query(text, params, options);
    },
    exec: async (text) => {
      refuse();
      return client.exec(text);
    },
    transaction,
  };
  const listen = client.listen?.bind(client);
  if (listen) guarded.listen = listen;
  return guarded;
}
