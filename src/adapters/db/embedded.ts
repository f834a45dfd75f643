import type { PGlite, PGliteOptions } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import type { Db } from '../../ports.ts';
import * as schema from '../../schema/index.ts';
import { migrateEmbedded } from './migrate.ts';
import { keepParametersOutOfErrors } from './query-error.ts';
import { guardTransactions } from './transaction-guard.ts';
import type { EmbeddedClient, EmbeddedDatabase } from './types.ts';

/** Starts PGlite in this process and waits until it answers; `dataDir` undefined keeps all in memory. */
export async function startPglite(dataDir: string | undefined, options: PGliteOptions = {}): Promise<PGlite> {
  const { PGlite } = await import('@electric-sql/pglite');
  return dataDir === undefined ? PGlite.create(options) : PGlite.create(dataDir, options);
}

/** Drizzle over PGlite, or over a stand-in with the same methods. */
export function drizzleOverPglite(client: EmbeddedClient): Db {
  keepParametersOutOfErrors();
  // The driver's type asks for the whole class; its session calls query and transaction only.
  return drizzle({ client: client as unknown as PGlite, schema });
}

/**
 * A database whose PGlite runs in this process.
 * @param close releases everything that was taken for it; called once, after PGlite has shut down.
 */
export function embeddedDatabase(
  pglite: EmbeddedClient & Pick<PGlite, 'close'>,
  close: () => Promise<void> = async () => {},
): EmbeddedDatabase {
  const client = guardTransactions(pglite);
  const db = drizzleOverPglite(client);
  let migrated: Promise<void> | undefined;
  let closed: Promise<void> | undefined;
  return {
    kind: 'pglite',
    remote: false,
    db,
    client,
    migrate: () => {
      migrated ??= migrateEmbedded(db, client).catch((error: unknown) => {
        migrated = undefined;
        throw error;
      });
      return migrated;
    },
    close: () => {
      closed ??= pglite.close().then(close);
      return closed;
    },
  };
}
