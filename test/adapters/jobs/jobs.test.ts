import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm/sql';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectRemote } from '../../../src/adapters/db/remote.ts';
import { serveDatabase } from '../../../src/adapters/db/server.ts';
import type { OpenDatabase } from '../../../src/adapters/db/types.ts';
import { createJobs, type ScheduledJobs } from '../../../src/adapters/jobs/jobs.ts';
import { QUEUES, type QueueDefinition } from '../../../src/adapters/jobs/queues.ts';
import { ConfigError } from '../../../src/errors.ts';
import { deliveries } from '../../../src/schema/index.ts';
import { openTestDatabase } from '../../support/database.ts';

const WAIT = { timeout: 15_000, interval: 50 };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(): Promise<OpenDatabase> {
  const database = await openTestDatabase();
  cleanups.push(() => database.close());
  return database;
}

async function start(database: OpenDatabase, change: Partial<QueueDefinition> = {}): Promise<ScheduledJobs> {
  const queues = QUEUES.map((queue) => ({ ...queue, ...change }));
  const jobs = createJobs(database, { logger: { warn: () => {}, error: () => {} }, queues });
  cleanups.push(() => jobs.stop({ timeoutMs: 1000 }));
  await jobs.start();
  return jobs;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A promise with its resolver: a gate that a test opens. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('a queue of single jobs', () => {
  it('runs every job once, several at a time', async () => {
    const jobs = await start(await open());
    const done: unknown[] = [];
    const both = gate();
    await jobs.work('maintenance', { concurrency: 2 }, async (data) => {
      done.push(data);
      if (done.length === 2) both.open();
      await both.opened;
    });
    for (let n = 0; n < 10; n += 1) await jobs.send('maintenance', { n });

    await vi.waitFor(() => expect(done).toHaveLength(10), WAIT);
    await pause(300);
    expect(done.map((data) => (data as { n: number }).n).sort((a, b) => a - b)).toEqual([
      ...Array(10).keys(),
    ]);
  });

  it('sends with a transaction, and not with one that is rolled back', async () => {
    const { db, ...rest } = await open();
    const jobs = await start({ db, ...rest });
    const done: unknown[] = [];
    // The very first sends: nothing has read the queue before.
    const undone = db.transaction(async (tx) => {
      await jobs.send('maintenance', { kept: false }, { tx });
      throw new Error('rolled back');
    });
    await expect(undone).rejects.toThrow('rolled back');
    await db.transaction((tx) => jobs.send('maintenance', { kept: true }, { tx }));
    await jobs.work('maintenance', { concurrency: 2 }, async (data) => {
      done.push(data);
    });

    await vi.waitFor(() => expect(done).not.toEqual([]), WAIT);
    await pause(1500);
    expect(done).toEqual([{ kept: true }]);
  });

  it('takes an id once', async () => {
    const jobs = await start(await open());
    const done: unknown[] = [];
    const id = '6f1c2c1e-8f6e-4c0e-9b1e-0123456789ab';
    await jobs.send('maintenance', { n: 1 }, { id });
    await jobs.send('maintenance', { n: 2 }, { id });
    await jobs.work('maintenance', { concurrency: 1 }, async (data) => {
      done.push(data);
    });
    await vi.waitFor(() => expect(done).not.toEqual([]), WAIT);
    await pause(1500);
    expect(done).toEqual([{ n: 1 }]);
  });

  it('starts a delayed job late', async () => {
    const jobs = await start(await open());
    const ran = gate();
    let ranAt = 0;
    await jobs.work('maintenance', { concurrency: 1 }, async () => {
      ranAt = Date.now();
      ran.open();
    });
    const sentAt = Date.now();
    await jobs.send('maintenance', {}, { startAfterSeconds: 2 });
    await ran.opened;
    expect(ranAt - sentAt).toBeGreaterThan(1500);
  });
});

describe('a serial queue', () => {
  it('never overlaps on a key and loses no wake-up under concurrent sends', async () => {
    const database = await open();
    const { db } = database;
    const workers = [await start(database), await start(database)];
    const keys = ['a', 'b', 'c'];
    const active = new Map<string, number>();
    const overlaps: string[] = [];
    let failures = 0;
    const drain = async (data: unknown) => {
      const { key } = data as { key: string };
      active.set(key, (active.get(key) ?? 0) + 1);
      if ((active.get(key) ?? 0) > 1) overlaps.push(key);
      try {
        const seen = await db
          .select({ id: deliveries.id })
          .from(deliveries)
          .where(sql`${deliveries.event} = ${key} and ${deliveries.state} = 'received'`);
        await pause(Math.random() * 20);
        if (Math.random() < 0.1 && failures < 5) {
          failures += 1;
          throw new Error('injected');
        }
        for (const { id } of seen) {
          await db.update(deliveries).set({ state: 'processed' }).where(sql`${deliveries.id} = ${id}`);
        }
      } finally {
        active.set(key, (active.get(key) ?? 0) - 1);
      }
    };
    for (const jobs of workers) await jobs.work('issue', { concurrency: 3 }, drain);

    const send = async (n: number) => {
      const key = keys[n % keys.length] ?? 'a';
      await pause(Math.random() * 1000);
      await db.transaction(async (tx) => {
        await tx.insert(deliveries).values({ id: `d${n}`, event: key, lane: key, payload: {} });
        await workers[n % 2]?.send('issue', { key }, { tx, singletonKey: key });
        await pause(Math.random() * 5);
      });
    };
    await Promise.all([...Array(90).keys()].map(send));

    await vi.waitFor(async () => {
      const rows = await db.select({ state: deliveries.state }).from(deliveries);
      expect(rows.filter((row) => row.state !== 'processed')).toEqual([]);
    }, WAIT);
    expect(overlaps).toEqual([]);
  }, 40_000);

  it('runs again for a send that comes while the key is busy, and lets waiting ones coalesce', async () => {
    const jobs = await start(await open());
    const first = gate();
    let runs = 0;
    await jobs.work('issue', { concurrency: 2 }, async () => {
      runs += 1;
      if (runs === 1) await first.opened;
    });
    await jobs.send('issue', {}, { singletonKey: 'k' });
    await vi.waitFor(() => expect(runs).toBe(1), WAIT);
    for (let n = 0; n < 5; n += 1) await jobs.send('issue', {}, { singletonKey: 'k' });
    await pause(1500);
    expect(runs).toBe(1);
    first.open();

    await vi.waitFor(() => expect(runs).toBe(2), WAIT);
    await pause(1500);
    expect(runs).toBe(2);
  });

  // PGlite has one connection: nothing can run while a sender's transaction is open.
  it.skipIf(process.env.TEST_DATABASE !== 'postgres')(
    'runs again for a send whose transaction outlives the job that waited when it was made',
    async () => {
      const { db, ...rest } = await open();
      const jobs = await start({ db, ...rest });
      let runs = 0;
      await jobs.send('issue', {}, { singletonKey: 'k' });
      await db.transaction(async (tx) => {
        await jobs.send('issue', {}, { tx, singletonKey: 'k' });
        await jobs.work('issue', { concurrency: 1 }, async () => {
          runs += 1;
        });
        await vi.waitFor(() => expect(runs).toBe(1), WAIT);
        await pause(500);
      });
      await vi.waitFor(() => expect(runs).toBe(2), WAIT);
    },
  );

  it('is not held up by a busy key', async () => {
    const jobs = await start(await open());
    const busy = gate();
    const done: unknown[] = [];
    await jobs.work('issue', { concurrency: 2 }, async (data) => {
      const { key } = data as { key: string };
      if (key === 'busy') await busy.opened;
      done.push(key);
    });
    for (let n = 0; n < 4; n += 1) await jobs.send('issue', { key: 'busy' }, { singletonKey: 'busy' });
    for (const key of ['x', 'y', 'z']) await jobs.send('issue', { key }, { singletonKey: key });

    await vi.waitFor(() => expect([...done].sort()).toEqual(['x', 'y', 'z']), WAIT);
    busy.open();
  });

  it('is not held up by a key that was busy when statistics were last taken', async () => {
    const database = await open();
    await (await start(database)).stop({ timeoutMs: 1000 });
    await database.db.execute(sql`update pgboss.queue set singletons_active = '{k}'`);
    const jobs = await start(database);
    const done: unknown[] = [];
    await jobs.work('issue', { concurrency: 1 }, async (data) => void done.push(data));
    await jobs.send('issue', {}, { singletonKey: 'k' });
    await vi.waitFor(() => expect(done).toHaveLength(1), WAIT);
    const { rows } = (await database.db.execute(
      sql`select monitor_backoff_on > now() as paused from pgboss.version`,
    )) as unknown as { rows: { paused: boolean }[] };
    expect(rows).toEqual([{ paused: true }]);
  });

  it('keeps a delayed wake-up for its time', async () => {
    const jobs = await start(await open());
    const runs: unknown[] = [];
    await jobs.work('outbox', { concurrency: 1 }, async (data) => {
      runs.push(data);
    });
    await jobs.send('outbox', { late: true }, { singletonKey: 'i', startAfterSeconds: 2 });
    await jobs.send('outbox', { late: false }, { singletonKey: 'i' });
    await vi.waitFor(() => expect(runs).toEqual([{ late: false }]), WAIT);
    await vi.waitFor(() => expect(runs).toEqual([{ late: false }, { late: true }]), WAIT);
  });

  it('refuses a job without a key, and a key on a queue that is not serial', async () => {
    const jobs = await start(await open());
    await expect(jobs.send('issue', {})).rejects.toThrow('needs singletonKey');
    await expect(jobs.send('maintenance', {}, { singletonKey: 'k' })).rejects.toThrow(
      'knows no singletonKey',
    );
  });
});

describe('a job that fails', () => {
  it('is retried, and set aside with its reason when nothing helps', async () => {
    const jobs = await start(await open(), { retryLimit: 2, retryDelaySeconds: 1, retryDelayMaxSeconds: 1 });
    let attempts = 0;
    await jobs.work('issue', { concurrency: 1 }, async () => {
      attempts += 1;
      throw new Error(`attempt ${attempts} found no disk`);
    });
    await jobs.send('issue', { issue: 7 }, { singletonKey: '7' });

    await vi.waitFor(async () => expect(await jobs.failed()).toHaveLength(1), WAIT);
    expect(attempts).toBe(3);
    expect(await jobs.failed()).toMatchObject([
      { queue: 'issue', data: { issue: 7 }, reason: 'attempt 3 found no disk', failedAt: expect.any(Date) },
    ]);
  });

  it('is set aside at once when its error says that trying again cannot help', async () => {
    const jobs = await start(await open());
    let attempts = 0;
    await jobs.work('maintenance', { concurrency: 1 }, async () => {
      attempts += 1;
      throw new ConfigError('no key', 'Set it.');
    });
    await jobs.send('maintenance', {});
    await vi.waitFor(async () => expect(await jobs.failed()).toMatchObject([{ reason: 'no key' }]), WAIT);
    expect(attempts).toBe(1);
  });
});

describe('stop', () => {
  it('waits for a running handler and starts no other', async () => {
    const database = await open();
    const jobs = await start(database);
    const running = gate();
    const done: unknown[] = [];
    await jobs.work('maintenance', { concurrency: 1 }, async (data) => {
      running.open();
      await pause(1000);
      done.push(data);
    });
    await jobs.send('maintenance', { n: 1 });
    await running.opened;
    await jobs.send('maintenance', { n: 2 });
    await jobs.stop({ timeoutMs: 10_000 });
    expect(done).toEqual([{ n: 1 }]);

    const next = await start(database);
    await next.work('maintenance', { concurrency: 1 }, async (data) => {
      done.push(data);
    });
    await vi.waitFor(() => expect(done).toEqual([{ n: 1 }, { n: 2 }]), WAIT);
  });

  it('aborts a handler that takes too long; its job runs again', async () => {
    const database = await open();
    const jobs = await start(database, { retryDelaySeconds: 1, retryDelayMaxSeconds: 1 });
    const running = gate();
    let aborted = false;
    await jobs.work('maintenance', { concurrency: 1 }, async (_, { signal }) => {
      running.open();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      aborted = true;
    });
    await jobs.send('maintenance', {});
    await running.opened;
    await jobs.stop({ timeoutMs: 1000 });
    expect(aborted).toBe(true);

    let ranAgain = false;
    const next = await start(database);
    await next.work('maintenance', { concurrency: 1 }, async () => {
      ranAgain = true;
    });
    await vi.waitFor(() => expect(ranAgain).toBe(true), WAIT);
  });
});

describe('a dead worker', () => {
  it.skipIf(process.env.TEST_DATABASE === 'postgres')(
    'gives its jobs back to the next owner',
    async () => {
      const database = await open();
      const dead = await start(database, { retryDelaySeconds: 1, retryDelayMaxSeconds: 1 });
      await dead.send('issue', {}, { singletonKey: 'k' });
      await dead.stop({ timeoutMs: 1000 });
      // What kill -9 leaves: a job that is active, with a fresh heartbeat, and nobody working on it.
      await database.db.execute(
        sql`update pgboss.job set state = 'active', started_on = now(), heartbeat_on = now() where name = 'issue'`,
      );

      const next = await start(database);
      let ran = false;
      await next.work('issue', { concurrency: 1 }, async () => {
        ran = true;
      });
      await vi.waitFor(() => expect(ran).toBe(true), WAIT);
    },
    30_000,
  );
});

describe('a process that does not own the database', () => {
  it.skipIf(process.env.TEST_DATABASE === 'postgres')('sends jobs, which the owner works off', async () => {
    const owner = await open();
    if (owner.kind !== 'pglite') throw new Error('PGlite only');
    const directory = mkdtempSync(path.join(tmpdir(), 'swe-manager-'));
    const server = await serveDatabase(owner, path.join(directory, 's'));
    const remote = await connectRemote(path.join(directory, 's'));
    cleanups.push(
      () => rmSync(directory, { recursive: true }),
      () => server.close(),
      () => remote.close(),
    );
    const working = await start(owner);
    const done: unknown[] = [];
    await working.work('issue', { concurrency: 1 }, async (data) => {
      done.push(data);
    });
    const sending = await start(remote);

    await remote.db.transaction((tx) => sending.send('issue', { from: 'remote' }, { tx, singletonKey: 'k' }));

    await vi.waitFor(() => expect(done).toEqual([{ from: 'remote' }]), WAIT);
    await expect(sending.work('issue', { concurrency: 1 }, async () => {})).rejects.toThrow(
      'owns the database',
    );
  });
});

describe('a schedule', () => {
  it('is kept once however often it is set', async () => {
    const database = await open();
    const jobs = await start(database);
    await jobs.schedule('maintenance', '0 3 * * *', { task: 'vacuum' });
    await jobs.schedule('maintenance', '0 4 * * *', { task: 'vacuum' });
    const result: unknown = await database.db.execute(sql`select cron from pgboss.schedule`);
    expect((result as { rows: unknown[] }).rows).toEqual([{ cron: '0 4 * * *' }]);
  });
});
