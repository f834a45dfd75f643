/**
 * `npm run test:postgres [-- vitest arguments]`: the same tests on a real server. Starts one of its own on
 * a Unix socket in a temporary directory, runs vitest, and leaves nothing behind.
 */
import { execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const START_TIMEOUT_MS = 60_000;

/** Postgres refuses to run as root: it then runs as Debian's `postgres` user. */
interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
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

function requireBinaries(): string {
  const found = findBinaries();
  if (found) return found;
  installOnDebian();
  const installed = findBinaries();
  if (installed) return installed;
  throw new Error('No Postgres was found: install it (initdb and postgres) or put its bin folder on PATH.');
}

function unprivilegedUser(): RunAs {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/**
 * Starts the server under a shell that waits for the end of its input and then stops the server and
 * deletes its directory: when this process dies, however it dies, the pipe closes and nothing stays.
 */
function startServer(binaries: string, directory: string, user: RunAs) {
  const script = `
    "$1/initdb" -D "$2/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$2/log" 2>&1 || { cat "$2/log" >&2; rm -rf "$2"; exit 1; }
    "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c synchronous_commit=off \\
      -c full_page_writes=off -c max_connections=200 >>"$2/log" 2>&1 &
    cat >/dev/null
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

async function waitUntilReady(connectionString: string, hasExited: () => boolean): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = new pg.Client({ connectionString });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (cause) {
      if (hasExited() || Date.now() > deadline) throw new Error('Postgres did not start.', { cause });
      await sleep(100);
    }
  }
}

async function runVitest(url: string, args: readonly string[]): Promise<number> {
  const vitest = path.join(import.meta.dirname, '../../node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', ...args], {
    stdio: 'inherit',
    env: { ...process.env, TEST_DATABASE: 'postgres', TEST_DATABASE_URL: url },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => child.kill(signal));
  }
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

async function main(): Promise<number> {
  const binaries = requireBinaries();
  const user = unprivilegedUser();
  const directory = mkdtempSync(path.join(tmpdir(), 'swe-pg-'));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(directory, user.uid, user.gid);
  const server = startServer(binaries, directory, user);
  const stopped = once(server, 'exit');
  try {
    const url = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(directory)}`;
    await waitUntilReady(url, () => server.exitCode !== null);
    return await runVitest(url, process.argv.slice(2));
  } finally {
    server.stdin?.end();
    await stopped;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
