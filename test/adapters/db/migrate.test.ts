import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm/sql';
import { afterEach, describe, expect, it } from 'vitest';
import { migrate, migrationsFolder } from '../../../src/adapters/db/migrate.ts';
import type { OpenDatabase } from '../../../src/adapters/db/types.ts';
import { deliveries } from '../../../src/schema/index.ts';
import { openTestDatabase } from '../../support/database.ts';

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
    await db.insert(deliveries).values({ id: 'd-1', event: 'issues', payload: { action: 'opened' } });

    expect(await db.select({ id: deliveries.id, payload: deliveries.payload }).from(deliveries)).toEqual([
      { id: 'd-1', payload: { action: 'opened' } },
    ]);
    expect(await count(db, 'pgboss.queue')).toBeGreaterThanOrEqual(0);
  });

  it('shares nothing with another one', async () => {
    const first = await open();
    const second = await open();
    await first.db.insert(deliveries).values({ id: 'd-1', event: 'issues', payload: {} });

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
    await database.db.insert(deliveries).values({ id: 'kept', event: 'issues', payload: {} });
    await migrate(database);
    expect(await count(database.db, 'deliveries')).toBe(1);
  });
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
