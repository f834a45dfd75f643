import { setTimeout as sleep } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import { DatabaseError, DataDirectoryLockedError } from '../../errors.ts';
import { type DirectoryLock, takeDirectoryLock } from './directory-lock.ts';
import { embeddedDatabase, startPglite } from './embedded.ts';
import { openPostgres } from './postgres.ts';
import { connectRemote } from './remote.ts';
import { type Rendezvous, readPid, removeStaleSocket, rendezvousIn, writePid } from './rendezvous.ts';
import { serveDatabase } from './server.ts';
import type { EmbeddedDatabase, OpenDatabase } from './types.ts';

export interface OpenOptions {
  /** A Postgres URL; null opens the embedded database under `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /**
   * `own` waits for the embedded files and never asks another process: for `start`, which must outlive any
   * command that happens to run first. `share` (the default) takes them when free and asks their owner otherwise.
   */
  readonly embedded?: 'own' | 'share';
  /** How long to wait for another process to answer or to end, in milliseconds. */
  readonly waitMs?: number;
  /** Called when an idle Postgres connection breaks; the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/** Longer than the first start of PGlite, which creates its files before its owner answers. */
const DEFAULT_WAIT_MS = 15_000;
/** For `own`: long enough for a command to end, short enough for a person who forgot that the App runs. */
const OWN_WAIT_MS = 3_000;
const RETRY_MS = 100;

/**
 * Opens the database.
 * @throws DatabaseError when Postgres cannot be reached or PGlite cannot start.
 * @throws DataDirectoryLockedError when another process has the embedded files and does not answer in time.
 */
export async function openDatabase(options: OpenOptions): Promise<OpenDatabase> {
  if (options.databaseUrl !== null) {
    return openPostgres(options.databaseUrl, options.onIdleError ?? (() => {}));
  }
  const rendezvous = rendezvousIn(options.dataDir);
  const deadline =
    Date.now() + (options.waitMs ?? (options.embedded === 'own' ? OWN_WAIT_MS : DEFAULT_WAIT_MS));
  for (;;) {
    const lock = takeDirectoryLock(rendezvous.lockFile);
    if (lock) return ownDatabase(rendezvous, lock);
    const remote = options.embedded === 'own' ? null : await tryRemote(rendezvous);
    if (remote) return remote;
    if (Date.now() > deadline) throw locked(rendezvous, options);
    // The owner is starting, or ending, or only a command that is soon done.
    await sleep(RETRY_MS);
  }
}

async function tryRemote(rendezvous: Rendezvous): Promise<EmbeddedDatabase | null> {
  try {
    return await connectRemote(rendezvous.socket);
  } catch {
    return null; // Nobody answers there (yet): the caller tries until its deadline and then says so.
  }
}

async function ownDatabase(rendezvous: Rendezvous, lock: DirectoryLock): Promise<EmbeddedDatabase> {
  try {
    writePid(rendezvous);
    removeStaleSocket(rendezvous);
    const pglite = await startOrExplain(rendezvous);
    return await shareDatabase(pglite, rendezvous, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Serves other processes for as long as the database is open here, and frees the files last. */
async function shareDatabase(
  pglite: PGlite,
  rendezvous: Rendezvous,
  lock: DirectoryLock,
): Promise<EmbeddedDatabase> {
  const database = embeddedDatabase(pglite, async () => lock.release());
  const server = await serveDatabase(database, rendezvous.socket).catch(async (error: unknown) => {
    await pglite.close();
    throw error;
  });
  return {
    ...database,
    close: async () => {
      await server.close();
      await database.close();
    },
  };
}

async function startOrExplain(rendezvous: Rendezvous): Promise<PGlite> {
  try {
    return await startPglite(rendezvous.dataFiles);
  } catch (cause) {
    throw new DatabaseError(
      `The embedded database in ${rendezvous.dataFiles} does not start.`,
      'Check that the disk has room and that the files are yours; keep a copy before you remove anything.',
      { cause },
    );
  }
}

function locked(rendezvous: Rendezvous, options: OpenOptions): DataDirectoryLockedError {
  const pid = readPid(rendezvous);
  const owner = pid === null ? 'Another process' : `Process ${pid}`;
  return new DataDirectoryLockedError(
    `${owner} is using the data directory ${options.dataDir}${options.embedded === 'own' ? '' : ' and does not answer'}.`,
    'Stop that process, or set SWE_MANAGER_DATA_DIR to another directory, or DATABASE_URL to a Postgres server.',
  );
}
