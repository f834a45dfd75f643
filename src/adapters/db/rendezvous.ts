import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { DatabaseError } from '../../errors.ts';

/** Where the processes that share a data directory find each other. */
export interface Rendezvous {
  /** PGlite's own files. */
  readonly dataFiles: string;
  readonly lockFile: string;
  readonly pidFile: string;
  /** A Unix socket, or a named pipe on Windows. */
  readonly socket: string;
}

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing zero included. */
const MAX_SOCKET_PATH_BYTES = 103;

/**
 * Makes the directories, closed to other users, and names the files in them. Both processes come to the
 * same names however they spell the directory.
 * @throws DatabaseError when a directory cannot be made, or is somebody else's
 */
export function rendezvousIn(dataDir: string): Rendezvous {
  const real = makeDirectory(dataDir);
  const run = path.join(real, 'run');
  const dataFiles = path.join(real, 'db');
  makePrivate(run);
  makePrivate(dataFiles); // PGlite's files are open to everybody.
  return {
    dataFiles,
    lockFile: path.join(run, 'owner.lock'),
    pidFile: path.join(run, 'owner.pid'),
    socket: socketPath(real, run),
  };
}

/** One that is there already may be open to others for reasons of its own. */
function makeDirectory(dataDir: string): string {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return realpathSync(dataDir);
  } catch (cause) {
    throw new DatabaseError(
      `The data directory cannot be made: ${(cause as Error).message}.`,
      'Set SWE_MANAGER_DATA_DIR to a directory that this user may write to.',
      { cause },
    );
  }
}

function socketPath(real: string, run: string): string {
  const name = `swe-manager-${createHash('sha256').update(real).digest('hex').slice(0, 24)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  const inside = path.join(run, 'db.sock');
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH_BYTES) return inside;
  const outside = path.join(tmpdir(), `swe-manager-${userInfo().uid}`);
  makePrivate(outside);
  return path.join(outside, `${name.slice(-24)}.sock`);
}

/** @throws DatabaseError when the directory is somebody else's, which in /tmp anybody can arrange. */
function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (process.platform === 'win32') return;
  const stat = lstatSync(directory);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) {
    throw new DatabaseError(
      `${directory} does not belong to this user.`,
      'Run as the user that owns the data directory, or remove this directory.',
    );
  }
  if ((stat.mode & 0o077) !== 0) chmodSync(directory, 0o700);
}

export function writePid(rendezvous: Rendezvous): void {
  writeFileSync(rendezvous.pidFile, String(process.pid), { mode: 0o600 });
}

/** The owner's process id; null while it has not written it. */
export function readPid(rendezvous: Rendezvous): number | null {
  try {
    const pid = Number(readFileSync(rendezvous.pidFile, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null; // Not written yet, or just removed: the message does without it.
  }
}

/** A socket that a killed owner left behind; only the holder of the lock may call this. */
export function removeStaleSocket(rendezvous: Rendezvous): void {
  if (process.platform !== 'win32') rmSync(rendezvous.socket, { force: true });
}
