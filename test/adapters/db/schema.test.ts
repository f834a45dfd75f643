import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import { expect, it } from 'vitest';
import { migrationsFolder } from '../../../src/adapters/db/migrate.ts';
import * as schema from '../../../src/schema/index.ts';

it('the migrations make exactly the tables of the schema (else: npm run db:generate)', async () => {
  const meta = path.join(migrationsFolder(), 'meta');
  const last =
    readdirSync(meta)
      .filter((name) => name.endsWith('_snapshot.json'))
      .sort()
      .at(-1) ?? '';
  const migrated = JSON.parse(readFileSync(path.join(meta, last), 'utf8'));

  expect(await generateMigration(migrated, generateDrizzleJson({ ...schema }, migrated.id))).toEqual([]);
});
