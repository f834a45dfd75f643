import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OpenDatabase } from '../../../src/adapters/db/types.ts';
import { createRunFiles } from '../../../src/adapters/training/run-files.ts';
import { TrainingError } from '../../../src/errors.ts';
import { repositories } from '../../../src/schema/index.ts';
import { type datasetVersionStore, modelStore, trainingRunStore } from '../../../src/store/index.ts';
import { cancelRun, followRun, followRuns } from '../../../src/tasks/training/follow-runs.ts';
import {
  planRun,
  type RunRequest,
  type RunSettings,
  startRun,
} from '../../../src/tasks/training/start-run.ts';
import type { TrainingContext } from '../../../src/tasks/training/types.ts';
import { openTestDatabase } from '../../support/database.ts';
import { type FakeLauncher, fakeLauncher, seedDataset, writeResult } from '../../support/training.ts';

let database: OpenDatabase;
let root: string;
let launcher: FakeLauncher;
let now: Date;
let ctx: TrainingContext;
let dataset: datasetVersionStore.DatasetVersion;
beforeAll(async () => {
  database = await openTestDatabase();
  // The shown ids are shuffled by chance, so that four rows could all have the same.
  dataset = await seedDataset(database.db, 20, (index) => (index % 2) + 1);
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.execute(sql`truncate training_runs, model_versions, channels cascade`);
  root = await mkdtemp(join(tmpdir(), 'runs-'));
  launcher = fakeLauncher();
  now = new Date('2026-05-01T00:00:00Z');
  ctx = {
    db: database.db,
    clock: { now: () => now, sleep: async () => {} },
    config: { trainingConsent: true },
    training: { launcher: () => launcher, root: () => '/training', files: createRunFiles(root) },
  };
});
afterEach(() => rm(root, { recursive: true, force: true }));

const SETTINGS = { base: 'Qwen/Qwen3-8B', sftModel: null, pricePerGpuHour: 2, codeVersion: '1.0.0' };
const HOUR = { stallMs: 3_600_000 };
const WAITING = { state: 'waiting', reason: null, lastSignAt: null } as const;

const later = (minutes: number) => {
  now = new Date(now.getTime() + minutes * 60_000);
};

function sft(change: Partial<RunRequest> = {}): RunRequest {
  return {
    stage: 'sft',
    dataset,
    tuner: 'lora',
    launcher: 'kubernetes',
    base: null,
    resources: null,
    again: false,
    requestedBy: 'operator',
    ...change,
  };
}

async function start(request: RunRequest, settings: RunSettings = SETTINGS) {
  return startRun(ctx, request, await planRun(ctx, request, settings));
}

async function succeed(run: trainingRunStore.TrainingRun) {
  await writeResult(join(root, run.name));
  launcher.now = { state: 'succeeded', reason: null, lastSignAt: now };
  const followed = await followRun(ctx, run, HOUR);
  launcher.now = WAITING;
  return followed;
}

describe('starting a run', () => {
  it('exports the rows that train, submits the plan, and finds the same run when asked again', async () => {
    const request = sft();
    const { run, known } = await start(request);
    expect(known).toBe(false);
    expect(run).toMatchObject({ state: 'submitted', stage: 'sft', base: 'Qwen/Qwen3-8B', startedAt: now });
    const rows = (await readFile(join(root, run.name, 'data', 'rows.jsonl'), 'utf8')).trim().split('\n');
    expect(rows).toHaveLength(20);
    expect(JSON.parse(rows[0] ?? '')).toMatchObject({
      split: 'train',
      messages: [{ role: 'system' }, { role: 'user' }, { role: 'assistant' }],
    });
    expect(launcher.submitted.map(({ name }) => name)).toEqual([run.name]);
    expect((await start(request)).known).toBe(true);
    expect(launcher.submitted).toHaveLength(1);
  });

  it('exports nothing of a repository that withdrew its consent between plan and start', async () => {
    const planned = await planRun(ctx, sft(), SETTINGS);
    const consent = (given: boolean) =>
      database.db.update(repositories).set({ config: { training: { consent: given } } });
    await consent(false);
    try {
      const { run } = await startRun(ctx, sft(), planned);
      expect(await readFile(join(root, run.name, 'data', 'rows.jsonl'), 'utf8')).toBe('');
    } finally {
      await consent(true);
    }
  });

  it('gives DAPO rows without an answer', async () => {
    const { run } = await start(sft({ stage: 'dapo', base: '/models/sft' }));
    const [row = ''] = (await readFile(join(root, run.name, 'data', 'rows.jsonl'), 'utf8')).split('\n');
    expect(JSON.parse(row).messages.map(({ role }: { role: string }) => role)).toEqual(['system', 'user']);
  });

  it('plans and writes nothing on a dry run', async () => {
    launcher.there = { nodes: [] };
    const { plan, findings } = await planRun(ctx, sft(), SETTINGS);
    expect(findings).toEqual(['Needed: 1 node with 1 GPU of 40 GiB or more. There: no GPU.']);
    expect(plan.estimate.cost).toBeCloseTo((20 * 3 * 2 * 2) / 3600);
    expect(await trainingRunStore.listTrainingRuns(database.db)).toEqual([]);
    expect(launcher.submitted).toEqual([]);
  });

  it('trains one at a time', async () => {
    const { run } = await start(sft());
    await expect(start(sft({ tuner: 'full' }))).rejects.toThrow(`${run.name} is under way`);
    const results = await Promise.allSettled([start(sft()), start(sft())]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(launcher.submitted).toHaveLength(1);
  });

  it('tries again under another name when asked to', async () => {
    const request = sft();
    const { run } = await start(request);
    launcher.now = { state: 'failed', reason: 'BackoffLimitExceeded', lastSignAt: null };
    await followRun(ctx, run, HOUR);
    expect((await start(request)).run.state).toBe('failed');
    launcher.now = WAITING;
    expect((await start({ ...request, again: true })).run).toMatchObject({
      name: `${run.name}-2`,
      state: 'submitted',
    });
  });

  it('refuses this machine when it is too small, and leaves nothing behind', async () => {
    launcher.there = { nodes: [{ gpus: [{ memoryGiB: 24 }] }] };
    await expect(start(sft({ launcher: 'local' }))).rejects.toThrow('Needed: 1 node with 1 GPU');
    expect(await trainingRunStore.listTrainingRuns(database.db)).toEqual([]);
  });
});

describe('what DAPO starts from', () => {
  const dapo = (change: Partial<RunRequest> = {}) => sft({ stage: 'dapo', ...change });

  /** Merged by hand: what serves an adapter has to serve the merged weights too. */
  const merge = () => database.db.execute(sql`update model_versions set files = '[{"path":"config.json"}]'`);

  async function trainedSft(change: Partial<RunRequest> = {}): Promise<string> {
    const { run } = await start(sft(change));
    await succeed(run);
    await merge();
    return `/training/${run.name}/output/checkpoint-8`;
  }

  async function trainedDapo(): Promise<trainingRunStore.TrainingRun> {
    const { run } = await start(dapo());
    return succeed(run);
  }

  const baseOf = async (request: RunRequest) => (await planRun(ctx, request, SETTINGS)).plan.base;

  it('is an SFT model, whole', async () => {
    await expect(start(dapo())).rejects.toThrow('no SFT model to start DAPO from');
    const { run } = await start(sft());
    await succeed(run);
    await expect(start(dapo())).rejects.toThrow(`${run.name} is a LoRA adapter`);
    await merge();
    expect(await baseOf(dapo())).toBe(`/training/${run.name}/output/checkpoint-8`);
  });

  it('stays the first one when another SFT model is registered, until the operator names that', async () => {
    const first = await trainedSft();
    expect((await trainedDapo()).base).toBe(first);
    later(1);
    const second = await trainedSft({ again: true });
    expect(second).not.toBe(first);
    expect(await baseOf(dapo({ again: true }))).toBe(first);
    later(1);
    const { run } = await start(dapo({ base: second }));
    await succeed(run);
    expect(await baseOf(dapo({ again: true }))).toBe(second);
  });

  it('is not settled by a run that failed', async () => {
    const { run } = await start(dapo({ base: '/models/mistyped' }));
    launcher.now = { state: 'failed', reason: 'no such directory', lastSignAt: null };
    await followRun(ctx, run, HOUR);
    launcher.now = WAITING;
    expect(await baseOf(dapo()).catch(String)).toContain('no SFT model');
  });

  it('is never what DAPO made, however it is named', async () => {
    await trainedSft();
    const { name } = await trainedDapo();
    for (const base of [
      name,
      `/training/${name}/output/checkpoint-8`,
      `/training/${name}/output/checkpoint-8/`,
      `/training/${name}/output/../output//checkpoint-8`,
      `/training/${name}/output/checkpoint-8-merged`,
      `/training/${name}/merged`,
      `/training/${name}`,
    ]) {
      await expect(start(dapo({ base, tuner: 'full' })), base).rejects.toThrow('was trained by DAPO');
    }
    for (const base of [`/training/${name}-merged`, '/training', 'training/model', '..']) {
      expect(await baseOf(dapo({ base }))).toBe(base);
    }
  });

  it('is the same whether or not its directory ends in a slash', async () => {
    const first = await trainedSft();
    expect(await baseOf(dapo({ base: `${first}/` }))).toBe(first);
    expect(await baseOf(dapo({ base: '/models/./sft/' }))).toBe('/models/sft');
  });

  it('is what the operator fixed', async () => {
    const { run } = await start(sft({ stage: 'dapo' }), {
      ...SETTINGS,
      sftModel: '/models/sft',
    });
    expect(run.base).toBe('/models/sft');
  });
});

describe('following a run', () => {
  it('registers the model with every file, once, and forgets the rows', async () => {
    const { run } = await start(sft());
    launcher.now = { state: 'running', reason: null, lastSignAt: now };
    expect(await followRun(ctx, run, HOUR)).toMatchObject({ state: 'running', lastSignAt: now });
    await writeResult(join(root, run.name));
    launcher.now = { state: 'succeeded', reason: null, lastSignAt: now };
    const [one, other] = await Promise.all([followRuns(ctx, HOUR), followRuns(ctx, HOUR)]);
    // The later one may find nothing left to follow.
    const states = [...one, ...other].map(({ run }) => run.state);
    expect(new Set(states)).toEqual(new Set(['succeeded']));
    const [model, ...more] = await modelStore.listModelVersions(database.db);
    expect(more).toEqual([]);
    expect(model).toMatchObject({
      name: run.name,
      kind: 'model',
      state: 'candidate',
      base: 'Qwen/Qwen3-8B',
      codeVersion: '1.0.0',
      path: `/training/${run.name}/output/checkpoint-8`,
      metrics: { reward: 0.75, global_step: 8 },
      datasetVersionId: run.datasetVersionId,
      files: [
        { path: 'adapter_config.json', bytes: 9, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        { path: 'adapter_model.safetensors' },
      ],
    });
    await expect(readFile(join(root, run.name, 'data', 'rows.jsonl'))).rejects.toThrow('ENOENT');
  });

  it.each([
    ['cut off', 'adapter_model.safetensors', 40, 'is corrupted: adapter_model.safetensors'],
    ['empty', 'adapter_model.safetensors', 0, 'is corrupted: adapter_model.safetensors: it is cut off'],
    ['torn', 'adapter_config.json', 4, 'is corrupted: adapter_config.json is not JSON'],
  ])('makes no model of a checkpoint that is %s', async (_how, file, length, reason) => {
    const { run } = await start(sft());
    await writeResult(join(root, run.name));
    await truncate(join(root, run.name, 'output', 'checkpoint-8', file), length);
    launcher.now = { state: 'succeeded', reason: null, lastSignAt: now };
    expect(await followRun(ctx, run, HOUR)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining(reason),
    });
    expect(await modelStore.listModelVersions(database.db)).toEqual([]);
  });

  it('makes no model where none is named, or one outside the run', async () => {
    const { run } = await start(sft());
    launcher.now = { state: 'succeeded', reason: null, lastSignAt: now };
    expect(await followRun(ctx, run, HOUR)).toMatchObject({
      state: 'failed',
      reason: 'The trainer ended without naming a checkpoint.',
    });
    launcher.now = WAITING;
    const { run: second } = await start(sft({ again: true }));
    await writeResult(join(root, second.name));
    const elsewhere = JSON.stringify({ checkpoint: '../../../etc', metrics: {} });
    await writeFile(join(root, second.name, 'output', 'result.json'), elsewhere);
    launcher.now = { state: 'succeeded', reason: null, lastSignAt: now };
    expect(await followRun(ctx, second, HOUR)).toMatchObject({
      state: 'failed',
      reason: 'The trainer left a result that is not one.',
    });
  });

  it('says why it failed, with the last line', async () => {
    const { run } = await start(sft());
    launcher.now = { state: 'failed', reason: 'the trainer ended with exit code 1', lastSignAt: null };
    expect(await followRun(ctx, run, HOUR)).toMatchObject({
      state: 'failed',
      reason: 'the trainer ended with exit code 1; its last line: CUDA out of memory',
      finishedAt: now,
    });
  });

  it('cancels a trainer that hangs, not one that waits or writes', async () => {
    const { run } = await start(sft());
    later(600);
    expect((await followRun(ctx, run, HOUR)).state).toBe('submitted');
    launcher.now = { state: 'running', reason: null, lastSignAt: new Date(now.getTime() - 50 * 60_000) };
    expect((await followRun(ctx, run, HOUR)).state).toBe('running');
    later(11);
    const found = await trainingRunStore.findTrainingRun(database.db, run.name);
    expect(await followRun(ctx, found ?? run, HOUR)).toMatchObject({
      state: 'failed',
      reason: 'the trainer hangs: no sign of life for 60 minutes',
    });
    expect(launcher.cancelled).toEqual([run.name]);
  });

  it('submits what was planned when the process died', async () => {
    const request = sft();
    const planned = await planRun(ctx, request, SETTINGS);
    launcher.submit = async () => {
      throw new TrainingError('the cluster is away', 'Wait.', { retryable: true });
    };
    await expect(startRun(ctx, request, planned)).rejects.toThrow('the cluster is away');
    const { submit } = fakeLauncher();
    launcher.submit = async (plan) => {
      launcher.submitted.push(plan);
      await submit(plan);
    };
    expect((await followRuns(ctx, HOUR))[0]?.run.state).toBe('planned');
    later(3);
    expect((await followRuns(ctx, HOUR))[0]?.run.state).toBe('submitted');
    expect(launcher.submitted).toHaveLength(1);
  });

  it('ends a run that its launcher refuses', async () => {
    launcher.submit = async () => {
      throw new TrainingError('The TrainJob was refused: forbidden.', 'Check the permissions.');
    };
    await expect(start(sft())).rejects.toThrow('forbidden');
    const [run] = await trainingRunStore.listTrainingRuns(database.db);
    expect(run).toMatchObject({ state: 'failed', reason: 'The TrainJob was refused: forbidden.' });
  });

  it('waits for a launcher that is away', async () => {
    await start(sft());
    launcher.now = new TrainingError('the cluster is away', 'Wait.', { retryable: true });
    const [followed] = await followRuns(ctx, HOUR);
    expect(followed?.problem?.message).toBe('the cluster is away');
    expect(followed?.run.state).toBe('submitted');
  });

  it('gives up a run that nobody knows any more', async () => {
    const { run } = await start(sft());
    launcher.now = { state: 'unknown', reason: null, lastSignAt: null };
    expect((await followRun(ctx, run, HOUR)).state).toBe('submitted');
    later(61);
    expect((await followRun(ctx, run, HOUR)).reason).toContain('does not know it any more');
  });

  it('is cancelled for good', async () => {
    const { run } = await start(sft());
    expect(await cancelRun(ctx, run, 'by the operator')).toMatchObject({
      state: 'cancelled',
      reason: 'by the operator',
    });
    launcher.now = { state: 'succeeded', reason: null, lastSignAt: now };
    await writeResult(join(root, run.name));
    await followRun(ctx, run, HOUR);
    expect(await modelStore.listModelVersions(database.db)).toEqual([]);
  });
});
