/** Learning by schedule where a served model judges: DAPO is begun, followed, loaded, put to the gate. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/adapters/clock.ts';
import type { OpenDatabase } from '../../../src/adapters/db/types.ts';
import { createRunFiles } from '../../../src/adapters/training/run-files.ts';
import { loadConfig } from '../../../src/config.ts';
import { openJudge } from '../../../src/context.ts';
import { JudgeError, TrainingError } from '../../../src/errors.ts';
import { startFakeInference } from '../../../src/sandbox/inference/index.ts';
import { modelStore, trainingRunStore } from '../../../src/store/index.ts';
import { learn } from '../../../src/tasks/learning/learn.ts';
import { keepLoaded } from '../../../src/tasks/learning/load-version.ts';
import { promote } from '../../../src/tasks/learning/serve.ts';
import { createServingJudge } from '../../../src/tasks/learning/serving-judge.ts';
import { followRuns } from '../../../src/tasks/training/follow-runs.ts';
import { startScheduled } from '../../../src/tasks/training/start-scheduled.ts';
import { inputOf } from '../../pipeline/judge/prompt/threads.ts';
import { openTestDatabase } from '../../support/database.ts';
import { type FakeLauncher, fakeLauncher, seedDataset, writeResult } from '../../support/training.ts';

let database: OpenDatabase;
let root: string;
beforeAll(async () => {
  database = await openTestDatabase();
  root = await mkdtemp(join(tmpdir(), 'learn-'));
  await seedDataset(database.db, 20, (index) => (index % 2) + 1);
});
afterAll(async () => {
  await database.close();
  await rm(root, { recursive: true });
});

let launcher: FakeLauncher;
/** Versions that the inference service was asked to load. */
let loaded: string[];
let serviceIsUp: boolean;
beforeEach(async () => {
  await database.db.execute(sql`truncate training_runs, model_versions, channels cascade`);
  [launcher, loaded, serviceIsUp] = [fakeLauncher(), [], true];
});

const config = loadConfig({
  TRAIN_LAUNCHER: 'kubernetes',
  TRAIN_SFT_MODEL: '/models/sft',
  TRAIN_RUNS_PER_MONTH: '2',
  TRAIN_MIN_NEW_LABELS: '1',
});

function context() {
  return {
    db: database.db,
    clock: systemClock,
    config,
    learning: { codeVersion: '1.0.0' },
    training: { launcher: () => launcher, root: () => '/training', files: createRunFiles(root) },
    judges: {
      kind: 'model' as const,
      open: (version: { name: string } | null) => ({
        name: version?.name ?? 'base',
        judge: () => Promise.reject(new Error('there is no decision to judge')),
      }),
      load: async ({ name }: { name: string }) => {
        if (!serviceIsUp) throw new JudgeError(`Nobody serves ${name}.`, 'Start it.', { retryable: true });
        loaded.push(name);
      },
    },
  };
}

async function turn(ctx = context()) {
  return learn(ctx, {
    schedule: config.learning,
    operatorConsent: true,
    startRun: (dataset) => startScheduled(ctx, dataset),
  });
}

async function trainedModel(): Promise<modelStore.ModelVersion> {
  const { trained } = await turn();
  await writeResult(join(root, trained ?? ''));
  launcher.now = { state: 'succeeded', reason: null, lastSignAt: null };
  await followRuns(context(), { stallMs: 60_000 });
  const version = await modelStore.findModelVersion(database.db, trained ?? '');
  if (!version) throw new Error('no model was registered');
  return version;
}

describe('learning by schedule with a served model', () => {
  it('begins DAPO from the fixed SFT model, once', async () => {
    const { trained } = await turn();
    expect(launcher.submitted).toMatchObject([{ name: trained, stage: 'dapo', base: '/models/sft' }]);
    expect(await trainingRunStore.findTrainingRun(database.db, trained ?? '')).toMatchObject({
      requestedBy: 'schedule',
      state: 'submitted',
    });
    expect((await turn()).training).toEqual({ due: false, reason: 'a training run is under way' });
  });

  it('loads what it trained before the gate hears it; nobody decides meanwhile', async () => {
    const { name } = await trainedModel();
    serviceIsUp = false;
    await expect(turn()).rejects.toThrow(`Nobody serves ${name}`);
    serviceIsUp = true;
    const { gate, training } = await turn();
    expect(gate).toMatchObject({ candidate: name, verdict: 'wait' });
    expect(training).toEqual({ due: false, reason: 'a candidate waits for the gate' });
    expect(loaded).toEqual([name]);
    expect((await modelStore.servedOn(database.db, 'model', 'stable')).version).toBeNull();
  });

  it('never puts an SFT model to the gate by itself', async () => {
    const version = await trainedModel();
    await database.db.execute(sql`update training_runs set stage = 'sft'`);
    expect((await turn()).gate).toBeNull();
    expect(version.state).toBe('candidate');
  });

  it('keeps why it could not train, and does not try the same again', async () => {
    launcher.submit = async () => {
      throw new TrainingError('The TrainJob was refused: forbidden.', 'Check the permissions.');
    };
    expect((await turn()).trained).toBeNull();
    expect((await turn()).training).toEqual({
      due: false,
      reason: expect.stringMatching(/new labels since the last run|used up/),
    });
    const runs = await trainingRunStore.listTrainingRuns(database.db);
    expect(runs.map(({ state }) => state)).toEqual(runs.map(() => 'failed'));
  });

  it('goes on while the version in the shadow is not served, and says so', async () => {
    const version = {
      id: randomUUID(),
      name: 'old',
      kind: 'model' as const,
      base: 'b',
      codeVersion: '1.0.0',
    };
    await modelStore.insertModelVersion(database.db, { ...version, createdAt: new Date() });
    const ctx = context();
    // Before the labelled snapshots were taken, so that both are asked about them.
    await promote({ ...ctx, clock: { ...systemClock, now: () => new Date(0) } }, version, 'test');
    const gone = new JudgeError('Nobody serves old.', 'Start it.', { retryable: false });
    const open = (of: { name: string } | null) => ({
      name: of?.name ?? 'base',
      judge: () => Promise.reject(gone),
    });
    const { watched, unwatched, trained } = await turn({ ...ctx, judges: { ...ctx.judges, open } });
    expect({ watched, unwatched }).toEqual({ watched: null, unwatched: gone });
    expect(launcher.submitted).toMatchObject([{ name: trained }]);
  });

  it('loads again who decides after the servers were started anew', async () => {
    const version = await trainedModel();
    const ctx = context();
    await promote(ctx, version, 'test');
    expect(await keepLoaded(ctx)).toEqual([]);
    expect(loaded).toEqual([version.name]);
    serviceIsUp = false;
    expect(await keepLoaded(ctx)).toMatchObject([{ version: version.name }]);
  });

  it('loads it before a decision too, when the servers have forgotten it', async () => {
    const service = await startFakeInference({ models: ['base'] });
    const { judges, close } = openJudge(loadConfig({ INFERENCE_URL: service.url, INFERENCE_VOTES: '1' }));
    onTestFinished(() => close().then(() => service.close()));
    const adapter = {
      id: randomUUID(),
      name: 'swe-manager-dapo-v1',
      kind: 'model' as const,
      base: 'base',
      codeVersion: '1.0.0',
      path: '/training/v1',
      files: [{ path: 'adapter_config.json', sha256: '0', bytes: 1 }],
    };
    await modelStore.insertModelVersion(database.db, { ...adapter, createdAt: new Date() });
    await promote(context(), adapter, 'test');
    const judge = createServingJudge(database.db, judges);
    const verdict = await judge.judge(inputOf([{ body: 'one' }, { body: 'two' }]));
    expect(verdict).toMatchObject({ model: adapter.name, abstained: false });
    expect(service.loaded).toEqual([{ name: adapter.name, path: adapter.path }]);
  });
});
