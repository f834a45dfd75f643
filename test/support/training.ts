/** Datasets, launchers and checkpoints for the tests of training. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SWE_LANCER } from '../../src/pipeline/dataset/benchmarks.ts';
import { splitOf } from '../../src/pipeline/dataset/holdout.ts';
import { TRAINED_REASON_CLASSES } from '../../src/pipeline/dataset/selection.ts';
import type {
  Capacity,
  TrainingLauncher,
  TrainingPlan,
  TrainingStatus,
} from '../../src/pipeline/training/types.ts';
import type { Db } from '../../src/ports.ts';
import type { datasetVersionStore } from '../../src/store/index.ts';
import { type BuildOptions, buildVersion } from '../../src/tasks/dataset/build-version.ts';
import { seedThread } from './labelled.ts';

/** The repository of the threads: it consents, whatever the operator's default is. */
const repository = { id: 900, config: { training: { consent: true } } };

/** A version of threads that train; the best proposal of each by `best`. */
export async function seedDataset(
  db: Db,
  threads: number,
  best: (index: number) => number | null,
  change: Partial<BuildOptions> = {},
): Promise<datasetVersionStore.DatasetVersion> {
  const training = Array.from({ length: 400 }, (_, index) => index + 1).filter(
    (number) => splitOf(900, number) === 'train',
  );
  for (const [index, number] of training.slice(0, threads).entries()) {
    await seedThread(db, { number, best: best(index), decided: { chosen: best(index) }, repository });
  }
  const { version } = await buildVersion(db, {
    permutations: 1,
    rules: { reasonClasses: TRAINED_REASON_CLASSES, minConfidence: 0 },
    operatorConsent: true,
    benchmarks: [SWE_LANCER],
    decontaminate: true,
    codeVersion: 'test',
    at: new Date('2026-04-01T00:00:00Z'),
    ...change,
  });
  return version;
}

export interface FakeLauncher extends TrainingLauncher {
  readonly submitted: TrainingPlan[];
  readonly cancelled: string[];
  /** What it answers about every run; an error is thrown. */
  now: TrainingStatus | Error;
  there: Capacity | null;
}

export function fakeLauncher(kind: 'local' | 'kubernetes' = 'kubernetes'): FakeLauncher {
  const launcher: FakeLauncher = {
    kind,
    submitted: [],
    cancelled: [],
    now: { state: 'waiting', reason: null, lastSignAt: null },
    there: null,
    capacity: async () => launcher.there,
    submit: async (plan) => {
      if (!launcher.submitted.some(({ name }) => name === plan.name)) launcher.submitted.push(plan);
    },
    status: async () => {
      if (launcher.now instanceof Error) throw launcher.now;
      return launcher.now;
    },
    untilChange: async () => {},
    logs: async () => 'CUDA out of memory',
    cancel: async (name) => void launcher.cancelled.push(name),
    describe: ({ name }) => name,
    submission: (plan) => plan,
  };
  return launcher;
}

/** A file of tensors that is whole. */
export function safetensors(): Buffer {
  const data = Buffer.from(new Float32Array([1, 2, 3, 4]).buffer);
  const header = Buffer.from(JSON.stringify({ w: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, data]);
}

/** What a trainer that ended well leaves in the run's folder. */
export async function writeResult(runDir: string, checkpoint = 'checkpoint-8'): Promise<void> {
  const dir = join(runDir, 'output', checkpoint);
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'adapter_model.safetensors'), safetensors());
  await writeFile(join(dir, 'adapter_config.json'), '{"r": 32}');
  await writeFile(join(dir, 'optimizer.pt'), 'of no use to who serves');
  const result = { checkpoint, metrics: { reward: 0.75, global_step: 8 } };
  await writeFile(join(runDir, 'output', 'result.json'), JSON.stringify(result));
}

/** Puts a `swe-manager-job` into the directory that does what the script says; `$OUTPUT` is its --output. */
export async function writeJobScript(dir: string, script: string): Promise<void> {
  const findOutput = 'while [ $# -gt 1 ]; do [ "$1" = --output ] && OUTPUT=$2; shift; done';
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'swe-manager-job'), `#!/bin/sh\nset -e\n${findOutput}\n${script}\n`);
  await chmod(join(dir, 'swe-manager-job'), 0o755);
}
