/** What a training run left on disk must not outlive the text that was erased. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OpenDatabase } from '../../../src/adapters/db/types.ts';
import { createRunFiles } from '../../../src/adapters/training/run-files.ts';
import { datasetRows, snapshots } from '../../../src/schema/index.ts';
import type { trainingRunStore } from '../../../src/store/index.ts';
import { eraseIssue } from '../../../src/tasks/erasure/erase-issue.ts';
import { eraseRunTexts } from '../../../src/tasks/training/erase-run-texts.ts';
import { followRun } from '../../../src/tasks/training/follow-runs.ts';
import { planRun, startRun } from '../../../src/tasks/training/start-run.ts';
import type { TrainingContext } from '../../../src/tasks/training/types.ts';
import { openTestDatabase } from '../../support/database.ts';
import { type FakeLauncher, fakeLauncher, seedDataset, writeResult } from '../../support/training.ts';

let database: OpenDatabase;
let root: string;
let launcher: FakeLauncher;
let ctx: TrainingContext;
beforeAll(async () => {
  database = await openTestDatabase();
  root = await mkdtemp(join(tmpdir(), 'erased-runs-'));
  launcher = fakeLauncher();
  ctx = {
    db: database.db,
    clock: { now: () => new Date('2026-05-01T00:00:00Z'), sleep: async () => {} },
    config: { trainingConsent: true },
    training: { launcher: () => launcher, root: () => '/training', files: createRunFiles(root) },
  };
});
afterAll(async () => {
  await database.close();
  await rm(root, { recursive: true });
});

async function begin(): Promise<trainingRunStore.TrainingRun> {
  const dataset = await seedDataset(database.db, 20, (index) => (index % 2) + 1);
  const request = {
    stage: 'dapo' as const,
    dataset,
    tuner: 'lora' as const,
    launcher: 'kubernetes' as const,
    base: null,
    resources: null,
    again: false,
    requestedBy: 'operator' as const,
  };
  const settings = { base: 'base', sftModel: '/models/sft', pricePerGpuHour: null, codeVersion: '1.0.0' };
  return (await startRun(ctx, request, await planRun(ctx, request, settings))).run;
}

/** As the trainer leaves them: text of a thread in each, but for the weights and the figures. */
async function writeTexts(dir: string, words: string): Promise<void> {
  await mkdir(join(dir, 'output'), { recursive: true });
  for (const file of ['log', 'output/completions.jsonl', 'output/val_dataset.jsonl'])
    await writeFile(join(dir, file), words);
  await writeFile(join(dir, 'output', 'logging.jsonl'), '{"reward": 0.5}\n');
}

async function textsUnder(dir: string): Promise<string> {
  const files = await readdir(dir, { recursive: true, withFileTypes: true });
  const read = files
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath, file.name), 'latin1'));
  return (await Promise.all(read)).join('\n');
}

it('waits for a run under way, then removes all that holds its text, and keeps weights and figures', async () => {
  const run = await begin();
  const dir = join(root, run.name);
  const [row] = await database.db
    .select({ text: datasetRows.messages, issueId: snapshots.issueId })
    .from(datasetRows)
    .innerJoin(snapshots, eq(snapshots.id, datasetRows.snapshotId))
    .limit(1);
  const words = /author|a\d+\d+x\d+/.exec(row?.text ?? '')?.[0] ?? '';
  expect(words).not.toBe('');
  await writeTexts(dir, words);
  expect(await eraseRunTexts(ctx)).toEqual({ erased: [], waiting: [] });

  const erasure = { reason: 'asked', at: new Date(), rerender: null } as const;
  await database.db.transaction((tx) => eraseIssue(tx, row?.issueId ?? 0, erasure));
  expect(await eraseRunTexts(ctx)).toMatchObject({ erased: [], waiting: [{ name: run.name }] });
  expect(await textsUnder(dir)).toContain(words); // Its trainer is still writing.

  await writeResult(dir);
  launcher.now = { state: 'succeeded', reason: null, lastSignAt: null };
  await followRun(ctx, run, { stallMs: 3_600_000 });
  expect(await eraseRunTexts(ctx)).toMatchObject({ erased: [{ name: run.name }], waiting: [] });
  expect(await textsUnder(dir)).not.toContain(words);
  expect(await readdir(join(dir, 'output'))).toEqual(
    expect.arrayContaining(['checkpoint-8', 'logging.jsonl', 'result.json']),
  );
  expect(await eraseRunTexts(ctx)).toEqual({ erased: [], waiting: [] });
});
