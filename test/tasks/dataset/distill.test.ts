import { randomUUID } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OpenDatabase } from '../../../src/adapters/db/types.ts';
import { createInferenceClient } from '../../../src/adapters/inference/client.ts';
import { DEFAULT_INFERENCE_OPTIONS } from '../../../src/adapters/inference/options.ts';
import { SWE_LANCER } from '../../../src/pipeline/dataset/benchmarks.ts';
import { createDecontaminator } from '../../../src/pipeline/dataset/decontaminate.ts';
import { splitOf } from '../../../src/pipeline/dataset/holdout.ts';
import { TRAINED_REASON_CLASSES } from '../../../src/pipeline/dataset/selection.ts';
import type { InferenceClient } from '../../../src/pipeline/judge/model/port.ts';
import {
  type FakeInference,
  type FakeRequest,
  startFakeInference,
} from '../../../src/sandbox/inference/index.ts';
import { distilledAnswers, labels } from '../../../src/schema/index.ts';
import { buildVersion } from '../../../src/tasks/dataset/build-version.ts';
import { distill } from '../../../src/tasks/dataset/distill.ts';
import { exportVersion } from '../../../src/tasks/dataset/export-version.ts';
import { openTestDatabase } from '../../support/database.ts';
import { type Seeded, seedThread } from '../../support/labelled.ts';

let database: OpenDatabase;
let fake: FakeInference;
let client: InferenceClient;
beforeAll(async () => {
  database = await openTestDatabase();
  fake = await startFakeInference({ models: ['teacher'] });
  client = createInferenceClient({ ...DEFAULT_INFERENCE_OPTIONS, servers: [fake.url] });
});
afterAll(async () => {
  await client.close();
  await fake.close();
  await database.close();
});
beforeEach(async () => {
  await database.db.execute(sql`truncate installations, dataset_versions cascade`);
  fake.requests.length = 0;
});

const rules = { reasonClasses: TRAINED_REASON_CLASSES, minConfidence: 0 };
const at = new Date('2026-04-01T00:00:00Z');
const run = (change: object = {}) =>
  distill(database.db, client, {
    samples: 2,
    model: null,
    limit: 100,
    concurrency: 2,
    operatorConsent: true,
    rules,
    touches: createDecontaminator([SWE_LANCER]),
    at,
    ...change,
  });

const training = Array.from({ length: 60 }, (_, index) => index + 1).filter(
  (number) => splitOf(900, number) === 'train',
);

/** The place of the proposal whose text holds the word. */
function placeOf({ messages }: FakeRequest, word: string): number {
  const shown = messages.at(-1)?.content.split('<proposal ').slice(1) ?? [];
  return shown.findIndex((text) => text.includes(word)) + 1;
}

/** Chooses the proposal with the word, in words of its own. */
const choosing =
  (word: string, golden = 'Close it on mouseup.') =>
  (request: FakeRequest) => {
    const id = placeOf(request, word);
    const explanation = `Proposal ${id} is right.`;
    return {
      thinking: `I take proposal ${id}.`,
      answer: { best_proposal_id: id, explanation, golden_proposal: golden },
    };
  };

async function seedThree(): Promise<void> {
  for (const number of training.slice(0, 2))
    await seedThread(database.db, { number, proposals: ['alpha plan', 'beta plan'] });
  await seedThread(database.db, { number: training[2] ?? 0, proposals: ['alpha', 'beta', 'gamma'], best: 3 });
}

/** As later signals do: a new label takes the place of the one that held. */
async function relabel({ snapshotId }: Seeded, proposalNumber: number): Promise<void> {
  const { db } = database;
  const holds = and(eq(labels.snapshotId, snapshotId), isNull(labels.supersededAt));
  const [label] = await db.update(labels).set({ supersededAt: at }).where(holds).returning();
  if (!label) throw new Error('no label');
  await db.insert(labels).values({ ...label, id: randomUUID(), proposalNumber, supersededAt: null });
}

describe('distill', () => {
  it('keeps answers that choose the label, and reports the coverage by the number of proposals', async () => {
    await seedThree();
    fake.script = choosing('alpha');
    const report = await run();
    expect(report).toMatchObject({ asked: 3, outcomes: { kept: 4, 'chose-otherwise': 2 } });
    expect(report.coverage).toEqual([
      { proposals: 2, threads: 2, covered: 2, samples: 4, kept: 4 },
      { proposals: 3, threads: 1, covered: 0, samples: 2, kept: 0 },
    ]);
  });

  it('does not show the label: no request holds more than the judge is asked', async () => {
    await seedThread(database.db, {
      number: training[0] ?? 0,
      reason: 'secret reason',
      proposals: ['alpha', 'beta'],
    });
    fake.script = choosing('alpha');
    await run({ samples: 4 });
    expect(fake.requests).toHaveLength(4);
    const asked = JSON.stringify(fake.requests.map(({ messages }) => messages));
    expect(asked).not.toMatch(/secret reason|maintainers|accepted|author-1/i);
    expect(new Set(fake.requests.map((request) => placeOf(request, 'alpha')))).toEqual(new Set([1, 2]));
  });

  it('drops answers that cannot be read or name what nobody wrote', async () => {
    await seedThread(database.db, { number: training[0] ?? 0, proposals: ['alpha', 'beta'] });
    fake.script = choosing('alpha', 'Change `inventedSymbol` in `src/made/up.ts`.');
    expect((await run()).outcomes).toEqual({ ungrounded: 2 });
    await database.db.delete(distilledAnswers);
    fake.script = () => ({ answer: 'I would rather not say.' });
    expect((await run()).outcomes).toEqual({ unreadable: 2 });
  });

  it('goes on where it ended, and never asks about the holdout', async () => {
    await seedThree();
    const held = Array.from({ length: 60 }, (_, index) => index + 1).find(
      (number) => splitOf(900, number) === 'holdout',
    );
    await seedThread(database.db, { number: held ?? 0 });
    fake.script = choosing('alpha');
    expect((await run({ limit: 1 })).asked).toBe(1);
    expect((await run()).asked).toBe(2);
    expect((await run()).asked).toBe(0);
    expect(fake.requests).toHaveLength(6);
  });

  it('asks again once the label has changed to another answer, and counts what was kept for that one', async () => {
    const { db } = database;
    const seeded = await seedThread(db, { number: training[0] ?? 0, proposals: ['alpha', 'beta'] });
    fake.script = choosing('alpha');
    expect(await run()).toMatchObject({ asked: 1, outcomes: { kept: 2 } });
    await relabel(seeded, 2);
    const covered = (kept: number) => [
      { proposals: 2, threads: 1, covered: kept > 0 ? 1 : 0, samples: 2, kept },
    ];
    expect(await run()).toMatchObject({ asked: 1, outcomes: { 'chose-otherwise': 2 }, coverage: covered(0) });
    expect(await run()).toMatchObject({ asked: 0, coverage: covered(0) });
    // Surer of the same as at first: what was sampled then holds.
    await relabel(seeded, 1);
    expect(await run()).toMatchObject({ asked: 0, coverage: covered(2) });
  });

  it('gives the next version its answers', async () => {
    const { db } = database;
    await seedThread(db, { number: training[0] ?? 0, proposals: ['alpha', 'beta'] });
    fake.script = choosing('alpha');
    await run();
    const { version } = await buildVersion(db, {
      permutations: 2,
      rules,
      operatorConsent: true,
      benchmarks: [SWE_LANCER],
      decontaminate: true,
      codeVersion: 'test',
      at,
    });
    const texts: string[] = [];
    for await (const { text } of exportVersion(db, version, {
      format: 'sft',
      split: 'train',
      targets: ['distilled'],
      operatorConsent: true,
    }))
      texts.push(text);
    const rows = texts
      .join('')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      expect(row.cot).toBe(`I take proposal ${String(row.best_proposal_id)}.`);
      expect(row.explanation).toBe(`Proposal ${String(row.best_proposal_id)} is right.`);
    }
  });
});
