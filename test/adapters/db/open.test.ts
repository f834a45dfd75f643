import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq, sql } from 'drizzle-orm/sql';
import { afterEach, describe, expect, it } from 'vitest';
import { migrate } from '../../../src/adapters/db/migrate.ts';
import { type OpenOptions, openDatabase } from '../../../src/adapters/db/open.ts';
import { connectRemote } from '../../../src/adapters/db/remote.ts';
import { rendezvousIn } from '../../../src/adapters/db/rendezvous.ts';
import { serveDatabase } from '../../../src/adapters/db/server.ts';
import type { EmbeddedDatabase, OpenDatabase } from '../../../src/adapters/db/types.ts';
import { deliveries } from '../../../src/schema/index.ts';
import { fillDataDirectory, openTestDatabase } from '../../support/database.ts';
import type { Order } from './database-process.ts';

/** What only PGlite has is tested once: on the default database. */
const onPostgres = process.env.TEST_DATABASE === 'postgres';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function dataDirectory(name = 'data'): string {
  const root = mkdtempSync(path.join(tmpdir(), 'swe-manager-'));
  cleanups.push(() => rmSync(root, { recursive: true, force: true }));
  return path.join(root, name);
}

/** One that holds the tables already: making them anew takes PGlite seconds. */
async function filledDirectory(): Promise<string> {
  const dataDir = dataDirectory();
  await fillDataDirectory(dataDir);
  return dataDir;
}

async function open(dataDir: string, more: Partial<OpenOptions> = {}): Promise<OpenDatabase> {
  const database = await openDatabase({ databaseUrl: null, dataDir, ...more });
  cleanups.push(() => database.close());
  return database;
}

function startProcess() {
  const child: ChildProcess = fork(path.join(import.meta.dirname, 'database-process.ts'), { execArgv: [] });
  const exited = once(child, 'exit');
  cleanups.push(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return {
    pid: child.pid,
    /** Answers with the value or the error of what was ordered. */
    tell: async (order: Order): Promise<{ value?: unknown; error?: string; name?: string }> => {
      child.send(order);
      const [answer] = await once(child, 'message');
      return answer;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

const insert = (id: string) =>
  `insert into deliveries (id, event, lane, payload) values ('${id}', 'issues', 'test', '{}')`;

async function ids({ db }: OpenDatabase): Promise<string[]> {
  const rows = await db.select({ id: deliveries.id }).from(deliveries).orderBy(deliveries.id);
  return rows.map((row) => row.id);
}

describe.skipIf(onPostgres)('two processes on one data directory', () => {
  it('share it: the second asks the first, and each sees what the other wrote', async () => {
    const dataDir = dataDirectory();
    const owner = startProcess();
    expect(await owner.tell({ open: dataDir })).toEqual({ value: { remote: false } });
    const second = await open(dataDir);
    expect(second.remote).toBe(true);
    expect(second.kind).toBe('pglite');

    await migrate(second);
    await second.db
      .insert(deliveries)
      .values({ id: 'from-second', event: 'issues', lane: 'test', payload: { n: [1] } });
    expect(await owner.tell({ sql: insert('from-owner') })).not.toHaveProperty('error');

    expect(await ids(second)).toEqual(['from-owner', 'from-second']);
    const seen = await owner.tell({ sql: 'select id from deliveries order by id' });
    expect(seen.value).toMatchObject({ rows: [{ id: 'from-owner' }, { id: 'from-second' }] });
  });

  it('leave the lock to the next when the owner is killed, with every committed row', async () => {
    const dataDir = await filledDirectory();
    const owner = startProcess();
    await owner.tell({ open: dataDir });
    await owner.tell({ migrate: true });
    await owner.tell({ sql: insert('committed') });
    await owner.kill();

    const next = await open(dataDir);
    expect(next.remote).toBe(false);
    expect(await ids(next)).toEqual(['committed']);
  });

  it('roll a transaction back when the process that opened it dies', async () => {
    const dataDir = await filledDirectory();
    const owner = await open(dataDir);
    await migrate(owner);
    const client = startProcess();
    expect(await client.tell({ open: dataDir })).toEqual({ value: { remote: true } });
    expect(await client.tell({ hold: insert('half') })).not.toHaveProperty('error');

    await client.kill();

    // Waits for the connection, which the dead client's transaction held.
    expect(await ids(owner)).toEqual([]);
  });

  it('never both own it, however they are started', async () => {
    const dataDir = dataDirectory();
    const processes = [startProcess(), startProcess(), startProcess()];
    const answers = await Promise.all(processes.map((process) => process.tell({ open: dataDir })));
    expect(answers.filter((answer) => (answer.value as { remote: boolean }).remote === false)).toHaveLength(
      1,
    );
    expect(answers.filter((answer) => answer.error !== undefined)).toEqual([]);
  }, 40_000);
});

describe.skipIf(onPostgres)('the owner', () => {
  it('is demanded by `embedded: own`, which names the process in the way', async () => {
    const dataDir = await filledDirectory();
    const owner = startProcess();
    await owner.tell({ open: dataDir });

    const refused = openDatabase({ databaseUrl: null, dataDir, embedded: 'own', waitMs: 300 });

    await expect(refused).rejects.toMatchObject({
      name: 'DataDirectoryLockedError',
      message: expect.stringContaining(`Process ${owner.pid}`),
    });
  });

  it('is waited for until it ends', async () => {
    const dataDir = await filledDirectory();
    const first = await openDatabase({ databaseUrl: null, dataDir });
    const waiting = open(dataDir, { embedded: 'own' });
    await first.close();
    expect((await waiting).remote).toBe(false);
  });

  it('closes its socket, its files and directories to other users', async () => {
    const dataDir = await filledDirectory();
    await open(dataDir);
    const { socket, dataFiles } = rendezvousIn(dataDir);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    for (const directory of [path.dirname(socket), dataFiles, dataDir])
      expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('says what to do when the directory cannot be made, or its lock cannot be written', async () => {
    const file = path.join(import.meta.dirname, 'open.test.ts');
    await expect(open(path.join(file, 'data'))).rejects.toMatchObject({
      name: 'DatabaseError',
      remedy: expect.stringContaining('SWE_MANAGER_DATA_DIR'),
    });
    const dataDir = dataDirectory();
    mkdirSync(path.join(dataDir, 'run', 'owner.lock'), { recursive: true });
    await expect(open(dataDir)).rejects.toMatchObject({
      name: 'DatabaseError',
      message: expect.stringContaining('owner.lock cannot be locked'),
    });
  });

  it('is found behind a path that is too long for a socket, and behind a symbolic link', async () => {
    const dataDir = dataDirectory('d'.repeat(120));
    await fillDataDirectory(dataDir);
    expect(Buffer.byteLength(rendezvousIn(dataDir).socket)).toBeLessThan(104);
    const link = dataDirectory('link');
    symlinkSync(dataDir, link);
    await open(dataDir);
    expect((await open(link)).remote).toBe(true);
  });
});

describe.skipIf(onPostgres)('a database of another process', () => {
  /** Serves a test database from this process, as its owner would. */
  async function serve(
    transactionIdleMs?: number,
  ): Promise<{ owner: EmbeddedDatabase; remote: EmbeddedDatabase }> {
    const owner = await openTestDatabase();
    if (owner.kind !== 'pglite') throw new Error('PGlite only');
    const socket = path.join(dataDirectory(), '../s');
    const server = await serveDatabase(owner, socket, transactionIdleMs);
    const remote = await connectRemote(socket);
    cleanups.push(
      () => owner.close(),
      () => server.close(),
      () => remote.close(),
    );
    return { owner, remote };
  }

  it('behaves like one of this process', async () => {
    const { owner, remote } = await serve();
    const receivedAt = new Date('2026-01-02T03:04:05.678Z');
    const row = {
      id: 'd',
      event: 'issues',
      lane: 'test',
      payload: { a: 'é', b: [null] },
      receivedAt,
      installationId: 2 ** 40,
    };
    await remote.db.insert(deliveries).values(row);
    for (const { db } of [owner, remote]) {
      expect(await db.select().from(deliveries).where(eq(deliveries.id, 'd'))).toMatchObject([row]);
    }
    const query = sql`select count(*) as n, now() is null as b, '\\x0102'::bytea as bytes from deliveries`;
    expect(await remote.db.execute(query)).toEqual(await owner.db.execute(query));
  });

  it('commits and rolls back', async () => {
    const { owner, remote } = await serve();
    await remote.db.transaction(async (tx) => {
      await tx.execute(sql.raw(insert('a')));
      await tx.transaction((nested) => nested.execute(sql.raw(insert('b'))));
    });
    const failing = remote.db.transaction(async (tx) => {
      await tx.execute(sql.raw(insert('c')));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await ids(owner)).toEqual(['a', 'b']);
  });

  it("keeps an error's code", async () => {
    const { remote } = await serve();
    await remote.db.execute(sql.raw(insert('a')));
    await expect(remote.db.execute(sql.raw(insert('a')))).rejects.toMatchObject({ cause: { code: '23505' } });
  });

  it('loses a transaction that goes quiet', async () => {
    const { owner, remote } = await serve(150);
    const stuck = remote.db.transaction(async (tx) => {
      await tx.execute(sql.raw(insert('a')));
      await new Promise((resolve) => setTimeout(resolve, 600));
      await tx.execute(sql.raw(insert('b')));
    });
    await expect(stuck).rejects.toThrow();
    expect(await ids(owner)).toEqual([]);
    await remote.db.execute(sql.raw(insert('after')));
    expect(await ids(owner)).toEqual(['after']);
  });

  it('says so when its owner is gone', async () => {
    const { owner, remote } = await serve();
    const socketless = remote.db.execute(sql`select 1`);
    await expect(socketless).resolves.toBeDefined();
    for (const cleanup of cleanups.splice(-2, 1)) await cleanup();
    await expect(remote.db.execute(sql`select 1`)).rejects.toMatchObject({
      cause: { name: 'DatabaseError', retryable: true },
    });
    expect(await ids(owner)).toEqual([]);
  });
});

describe.skipIf(onPostgres)('a query beside the transaction it is awaited in', () => {
  it('is refused, where PGlite would hang', async () => {
    const { db } = await openTestDatabase().then((database) => {
      cleanups.push(() => database.close());
      return database;
    });
    const hanging = db.transaction(async () => {
      await db.execute(sql`select 1`);
    });
    await expect(hanging).rejects.toMatchObject({ cause: { name: 'DatabaseError' } });
    await expect(db.execute(sql`select 1`)).resolves.toBeDefined();
  });
});
