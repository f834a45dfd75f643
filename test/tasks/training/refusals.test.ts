import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock.ts';
import type { OpenDatabase } from '../../../src/adapters/db/types.ts';
import { InputError } from '../../../src/errors.ts';
import type { LearningParts } from '../../../src/ports.ts';
import { repositories } from '../../../src/schema/index.ts';
import { trainEmbeddedOn } from '../../../src/tasks/learning/train-embedded.ts';
import { checkDataset } from '../../../src/tasks/training/check-dataset.ts';
import { openTestDatabase } from '../../support/database.ts';
import { seedDataset } from '../../support/training.ts';

let database: OpenDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.execute(sql`truncate installations, dataset_versions cascade`);
});

describe('what is not trained on', () => {
  it('a version that may touch a benchmark', async () => {
    const dataset = await seedDataset(database.db, 2, () => 1, { decontaminate: false });
    await expect(checkDataset(database.db, dataset, true)).rejects.toThrow('may touch a benchmark');
  });

  it('an empty version', async () => {
    const dataset = await seedDataset(database.db, 0, () => 1);
    await expect(checkDataset(database.db, dataset, true)).rejects.toThrow('has no rows to train on');
  });

  it('a tiny version, in however many orders', async () => {
    const dataset = await seedDataset(database.db, 19, (index) => (index % 2) + 1, { permutations: 2 });
    expect(dataset.manifest.splits.train.rows).toBeGreaterThan(20);
    await expect(checkDataset(database.db, dataset, true)).rejects.toThrow(
      'has 19 threads to train on, and fewer than 20 teach nothing',
    );
  });

  it('a version of one class', async () => {
    const dataset = await seedDataset(database.db, 3, () => null);
    await expect(checkDataset(database.db, dataset, true)).rejects.toThrow(
      'is null: a model would learn the number',
    );
  });

  it('a version whose repository has withdrawn its consent', async () => {
    const dataset = await seedDataset(database.db, 20, (index) => (index % 2) + 1);
    expect(await checkDataset(database.db, dataset, false)).toBe(20);
    await database.db.update(repositories).set({ config: { training: { consent: false } } });
    await expect(checkDataset(database.db, dataset, true)).rejects.toThrow('has no rows to train on');
    const learning = { codeVersion: 'test' } as LearningParts;
    const embedded = trainEmbeddedOn({ db: database.db, clock: systemClock, learning }, dataset, {
      requestedBy: 'operator',
      operatorConsent: true,
    });
    await expect(embedded).rejects.toThrow(InputError);
  });

  it('a version whose only other answer was erased', async () => {
    const dataset = await seedDataset(database.db, 20, (index) => (index === 0 ? 1 : null));
    expect(await checkDataset(database.db, dataset, true)).toBe(20);
    await database.db.execute(
      sql`update dataset_rows set erased_at = now(), messages = null, answer = null, columns = null where columns like '%"best_proposal_id":1%' or columns like '%"best_proposal_id":2%'`,
    );
    await expect(checkDataset(database.db, dataset, true)).rejects.toThrow('is null');
  });
});
