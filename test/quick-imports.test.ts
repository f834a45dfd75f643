import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');

/** Runs a module with the preload and returns what it printed. */
function run(code: string, preload = true): string {
  const flags = preload ? ['--import', './src/quick-imports.ts'] : [];
  return execFileSync(process.execPath, [...flags, '--input-type=module', '--eval', code], {
    cwd: root,
    encoding: 'utf8',
  }).trim();
}

it('loads the same Drizzle as without it, once', () => {
  const code = `
    const core = await import('drizzle-orm/pg-core');
    const { PgTable } = await import('drizzle-orm/pg-core/table');
    const table = core.pgTable('t', { id: core.integer('id') });
    const { drizzle } = await import('drizzle-orm/pg-proxy');
    const db = drizzle(async () => ({ rows: [[7]] }));
    console.log(core.PgTable === PgTable, Object.keys(core).length, db.select().from(table).toSQL().sql);
    console.log(JSON.stringify(await db.select().from(table)));`;
  const printed = run(code);
  expect(printed).toContain('true');
  expect(printed).toContain('[{"id":7}]');
  expect(printed).toBe(run(code, false));
});

it('saves most of the memory that the import takes', () => {
  const code = `
    const before = process.memoryUsage().rss;
    await import('drizzle-orm/pg-core');
    console.log(process.memoryUsage().rss - before);`;
  // Measured: 20 MB and 207 MB. Fails when Node or Drizzle changes so that this file can go.
  expect(Number(run(code)) * 2).toBeLessThan(Number(run(code, false)));
});
