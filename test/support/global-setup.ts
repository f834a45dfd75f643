import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { embeddedDatabase, startPglite } from '../../src/adapters/db/embedded.ts';
import { migrate, migrationsFolder } from '../../src/adapters/db/migrate.ts';
import { openPostgres } from '../../src/adapters/db/postgres.ts';

export interface DatabaseTemplate {
  readonly kind: 'pglite' | 'postgres';
  /** PGlite: a dump of the migrated data directory. Postgres: the server's URL, to which database names are added. */
  readonly location: string;
  readonly name: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    databaseTemplate: DatabaseTemplate;
  }
}

/** Builds the migrated template that every test database is a copy of; returns the teardown. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const kind = process.env.TEST_DATABASE ?? 'pglite';
  if (kind !== 'pglite' && kind !== 'postgres')
    throw new Error(`TEST_DATABASE must be pglite or postgres: ${kind}`);
  const template = kind === 'pglite' ? await pgliteTemplate() : await postgresTemplate();
  project.provide('databaseTemplate', template);
  return async () => {
    if (kind === 'postgres') await asAdmin(template.location, `drop database ${template.name} with (force)`);
  };
}

/** Kept between runs under the name of everything that shapes it: building one takes seconds. */
async function pgliteTemplate(): Promise<DatabaseTemplate> {
  const cache = path.join(import.meta.dirname, '../../node_modules/.cache/swe-manager');
  const file = path.join(cache, `template-${templateVersion()}.tar`);
  if (!existsSync(file)) {
    mkdirSync(cache, { recursive: true });
    const pglite = await startPglite(undefined);
    const database = embeddedDatabase(pglite);
    await migrate(database);
    const dump = await pglite.dumpDataDir('none');
    await database.close();
    // Renamed into place: another run may be building the same file.
    writeFileSync(`${file}.${process.pid}`, new Uint8Array(await dump.arrayBuffer()));
    renameSync(`${file}.${process.pid}`, file);
  }
  return { kind: 'pglite', location: file, name: '' };
}

function templateVersion(): string {
  const hash = createHash('sha256');
  const migrations = migrationsFolder();
  // The journal too: Drizzle tells by its times what has been applied.
  for (const name of ['meta/_journal.json', ...readdirSync(migrations).sort()]) {
    if (/\.(sql|json)$/.test(name)) hash.update(name).update(readFileSync(path.join(migrations, name)));
  }
  const root = path.join(import.meta.dirname, '../..');
  for (const dependency of ['@electric-sql/pglite', 'pg-boss']) {
    hash.update(readFileSync(path.join(root, 'node_modules', dependency, 'package.json')));
  }
  hash.update(readFileSync(path.join(root, 'src/adapters/jobs/boss.ts')));
  return hash.digest('hex').slice(0, 16);
}

async function postgresTemplate(): Promise<DatabaseTemplate> {
  const location = process.env.TEST_DATABASE_URL;
  if (!location) throw new Error('TEST_DATABASE_URL is not set: run `npm run test:postgres`.');
  const name = `swe_template_${process.pid}`;
  await asAdmin(location, `create database ${name}`);
  const url = new URL(location);
  url.pathname = `/${name}`;
  const database = await openPostgres(url.href, () => {});
  await migrate(database);
  await database.close();
  return { kind: 'postgres', location, name };
}

/** Runs one statement on a connection of its own. */
export async function asAdmin(connectionString: string, statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString });
  await admin.connect();
  try {
    await admin.query(statement);
  } finally {
    await admin.end();
  }
}
