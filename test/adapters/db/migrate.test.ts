import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm/sql';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { migrate, migrationsFolder } from '../../../src/adapters/db/migrate.ts';
import { openDatabase } from '../../../src/adapters/db/open.ts';
import type { OpenDatabase } from '../../../src/adapters/db/types.ts';
import { deliveries } from '../../../src/schema/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { asAdmin } from '../../support/global-setup.ts';
import type { Order } from './database-process.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(): Promise<OpenDatabase> {
  const database = await openTestDatabase();
  cleanups.push(() => database.close());
  return database;
}

describe('a test database', () => {
  it('has our tables and the queues', async () => {
    const { db } = await open();
    await db
      .insert(deliveries)
      .values({ id: 'd-1', event: 'issues', lane: 'test', payload: { action: 'opened' } });

    expect(await db.select({ id: deliveries.id, payload: deliveries.payload }).from(deliveries)).toEqual([
      { id: 'd-1', payload: { action: 'opened' } },
    ]);
    expect(await count(db, 'pgboss.queue')).toBeGreaterThanOrEqual(0);
  });

  it('shares nothing with another one', async () => {
    const first = await open();
    const second = await open();
    await first.db.insert(deliveries).values({ id: 'd-1', event: 'issues', lane: 'test', payload: {} });

    expect(await count(second.db, 'deliveries')).toBe(0);
  });

  it('returns counts as numbers on every database', async () => {
    const { db } = await open();
    expect(await count(db, 'deliveries')).toBe(0);
  });
});

describe('migrate', () => {
  it('changes nothing the second time', async () => {
    const database = await open();
    const before = await count(database.db, 'drizzle.__drizzle_migrations');
    await migrate(database);

    expect(before).toBeGreaterThan(0);
    expect(await count(database.db, 'drizzle.__drizzle_migrations')).toBe(before);
  });

  it('keeps rows', async () => {
    const database = await open();
    await database.db.insert(deliveries).values({ id: 'kept', event: 'issues', lane: 'test', payload: {} });
    await migrate(database);
    expect(await count(database.db, 'deliveries')).toBe(1);
  });
});

describe('several processes that migrate an empty database at once', () => {
  it.skipIf(process.env.TEST_DATABASE !== 'postgres')('take turns on Postgres', async () => {
    const name = `swe_empty_${process.pid}`;
    const { location } = inject('databaseTemplate');
    await asAdmin(location, `create database ${name}`);
    cleanups.push(() => asAdmin(location, `drop database ${name} with (force)`));
    const url = new URL(location);
    url.pathname = `/${name}`;

    const answers = await migrateInProcesses(3, { databaseUrl: url.href, open: '' });

    expect(answers).toEqual([{ value: null }, { value: null }, { value: null }]);
    const database = await openDatabase({ databaseUrl: url.href, dataDir: '' });
    cleanups.push(() => database.close());
    const files = readdirSync(migrationsFolder()).filter((file) => file.endsWith('.sql'));
    expect(await count(database.db, 'drizzle.__drizzle_migrations')).toBe(files.length);
  });

  it.skipIf(process.env.TEST_DATABASE === 'postgres')('have the owner do it on PGlite', async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'swe-manager-'));
    cleanups.push(() => rmSync(dataDir, { recursive: true }));
    const owner = await openDatabase({ databaseUrl: null, dataDir });
    cleanups.push(() => owner.close());

    const others = migrateInProcesses(2, { open: dataDir });
    await migrate(owner);

    expect(await others).toEqual([{ value: null }, { value: null }]);
    expect(await count(owner.db, 'deliveries')).toBe(0);
  });

  /** Processes that have opened the database and wait for each other before they migrate it. */
  async function migrateInProcesses(count: number, open: { open: string; databaseUrl?: string }) {
    const children = [...Array(count).keys()].map(() => {
      const child = fork(path.join(import.meta.dirname, 'database-process.ts'), { execArgv: [] });
      cleanups.push(async () => {
        child.kill('SIGKILL');
        await once(child, 'exit');
      });
      return child;
    });
    const tell = async (order: Order) =>
      Promise.all(
        children.map(async (child) => {
          child.send(order);
          return (await once(child, 'message'))[0] as unknown;
        }),
      );
    await tell(open);
    return tell({ migrate: true });
  }
});

describe('migrationsFolder', () => {
  it('is found from src, from dist and from an installed package', () => {
    const root = mkdtempSync(path.join(tmpdir(), 'swe-manager-'));
    cleanups.push(() => rmSync(root, { recursive: true }));
    const installed = path.join(root, 'node_modules/swe-manager');
    cpSync(migrationsFolder(), path.join(installed, 'migrations'), { recursive: true });
    for (const place of ['src/adapters/db', 'dist/adapters/db']) {
      mkdirSync(path.join(installed, place), { recursive: true });
      expect(migrationsFolder(path.join(installed, place))).toBe(path.join(installed, 'migrations'));
    }
  });

  it('says what is wrong when there is none', () => {
    const root = mkdtempSync(path.join(tmpdir(), 'swe-manager-'));
    cleanups.push(() => rmSync(root, { recursive: true }));
    expect(() => migrationsFolder(root)).toThrow(/No migrations\/ folder/);
  });
});

async function count(db: OpenDatabase['db'], table: string): Promise<unknown> {
  const result: unknown = await db.execute(sql`select count(*) as n from ${sql.raw(table)}`);
  return (result as { rows: { n: unknown }[] }).rows[0]?.n;
}
