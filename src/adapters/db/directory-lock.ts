import { DatabaseSync } from 'node:sqlite';

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
 */
export function takeDirectoryLock(file: string): DirectoryLock | null {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
  return { release: () => database.close() };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === BUSY;
}
