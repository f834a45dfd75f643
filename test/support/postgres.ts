/** A Postgres server of one's own on a Unix socket in a temporary directory; it leaves nothing behind. */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const START_TIMEOUT_MS = 60_000;

export interface PostgresServer {
  /** Of the database `postgres`; the user needs no password. */
  readonly url: string;
  /** Of another database on the server, which must exist. */
  databaseUrl(name: string): string;
  /** Stops the server, as an operator does (`INT`) or as a crash does (`QUIT`), and starts it again. */
  restart(signal: 'INT' | 'QUIT'): Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Whether a commit that was acknowledged survives a crash of the server; costs time. */
  readonly durable?: boolean;
}

/** @throws Error when there is no Postgres and none can be installed. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const binaries = requireBinaries();
  const user = unprivilegedUser();
  const directory = mkdtempSync(path.join(tmpdir(), 'swe-pg-'));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(directory, user.uid, user.gid);
  const server = startServer(binaries, directory, user, options);
  const stopped = once(server, 'exit');
  const databaseUrl = (name: string) =>
    `postgres://postgres@localhost/${name}?host=${encodeURIComponent(directory)}`;
  const url = databaseUrl('postgres');
  const ready = () => waitUntilReady(url, () => server.exitCode !== null);
  const stop = async () => {
    server.stdin?.end();
    await stopped;
  };
  try {
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    databaseUrl,
    restart: async (signal) => {
      const before = await startedAt(url);
      server.stdin?.write(`${signal}\n`);
      while ((await startedAt(url).catch(() => before)) === before) await sleep(50);
    },
    stop,
  };
}

/** Postgres refuses to run as root: it then runs as Debian's `postgres` user. */
interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

function requireBinaries(): string {
  const found = findBinaries();
  if (found) return found;
  installOnDebian();
  const installed = findBinaries();
  if (installed) return installed;
  throw new Error('No Postgres was found: install it (initdb and postgres) or put its bin folder on PATH.');
}

function findBinaries(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const candidates = [
    ...versions.map((version) => path.join(debian, version, 'bin')),
    ...askPgConfig(),
    ...(process.env.PATH ?? '').split(path.delimiter),
  ];
  return candidates.find((directory) => existsSync(path.join(directory, 'initdb'))) ?? null;
}

function askPgConfig(): string[] {
  try {
    return [execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: 'pipe' }).trim()];
  } catch {
    return []; // Not installed: the other places are looked at.
  }
}

function installOnDebian(): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  console.error('No Postgres found; installing the package postgresql.');
  const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  execFileSync('apt-get', ['update', '-q'], options);
  execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'postgresql'], options);
}

function unprivilegedUser(): RunAs {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/**
 * Starts the server under a shell that reads signals to restart it with, and at the end of its input stops the
 * server and deletes its directory: when this process dies, however it dies, the pipe closes and nothing stays.
 */
function startServer(
  binaries: string,
  directory: string,
  user: RunAs,
  { durable = false }: PostgresOptions,
): ChildProcess {
  const script = `
    "$1/initdb" -D "$2/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$2/log" 2>&1 || { cat "$2/log" >&2; rm -rf "$2"; exit 1; }
    serve() {
      "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off \\
        -c synchronous_commit=${durable ? 'on' : 'off'} -c max_connections=200 >>"$2/log" 2>&1 </dev/null &
    }
    serve "$1" "$2"
    while read -r signal; do kill -s "$signal" $!; wait $!; serve "$1" "$2"; done
    kill -INT $! 2>/dev/null; wait $!
    rm -rf "$2"`;
  const options: SpawnOptions = {
    ...user,
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
    cwd: directory,
  };
  return spawn('/bin/sh', ['-c', script, 'sh', binaries, directory], options);
}

async function waitUntilReady(url: string, hasExited: () => boolean): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await startedAt(url);
      return;
    } catch (cause) {
      if (hasExited() || Date.now() > deadline) throw new Error('Postgres did not start.', { cause });
      await sleep(100);
    }
  }
}

/** When the server started, as Postgres writes times. */
async function startedAt(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // A server that goes away also rejects the query under way.
  await client.connect();
  try {
    const { rows } = await client.query<{ at: string }>('select pg_postmaster_start_time()::text as at');
    return rows[0]?.at ?? '';
  } finally {
    await client.end();
  }
}
