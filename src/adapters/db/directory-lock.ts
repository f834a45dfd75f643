import { DatabaseSync } from 'node:sqlite';
import { DatabaseError } from '../../errors.ts';

export interface DirectoryLock {
  release(): void;
}

/** SQLite's SQLITE_BUSY: another connection holds the lock. */
const BUSY = 5;

/**
 * Takes the lock behind `file` without waiting, or returns null when somebody else has it.
 *
 * SQLite is used for nothing but its file lock: it is the one lock that Node can take on Linux, macOS and
 * Windows alike which the kernel frees when the process dies (kill -9 included), which also holds between
 * containers that share a volume (an abstract Unix socket does not leave its network namespace), and which
 * a second opening in the same process meets too. The file stays behind, empty and harmless. Nothing else
 * may ever open it: closing any descriptor of a file drops POSIX locks on it (https://sqlite.org/howtocorrupt.html, 2.2).
 * @throws DatabaseError when the file cannot be written
 */
export function takeDirectoryLock(file: string): DirectoryLock | null {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    database.exec('PRAGMA journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    if (isBusy(cause)) return null;
    throw new DatabaseError(
      `${file} cannot be locked: ${(cause as Error).message}.`,
      'Check that the disk has room and that the directory is yours.',
      { cause },
    );
  }
  const taken = database;
  return { release: () => taken.close() };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === BUSY;
}
