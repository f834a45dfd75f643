import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { embeddedDatabase, startPglite } from './embedded.ts';
import { openPostgres } from './postgres.ts';
import type { OpenDatabase } from './types.ts';

export interface OpenOptions {
  /** A Postgres URL; null opens the embedded database under `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** Called when an idle connection breaks; the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
}

export async function openDatabase(options: OpenOptions): Promise<OpenDatabase> {
  if (options.databaseUrl !== null) {
    return openPostgres(options.databaseUrl, options.onIdleError ?? (() => {}));
  }
  mkdirSync(options.dataDir, { recursive: true });
  return embeddedDatabase(await startPglite(path.join(options.dataDir, 'db')));
}
