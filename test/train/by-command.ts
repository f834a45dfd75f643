/** `swe-manager train` with the real trainer behind it: exported, submitted, followed, registered. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { openStore } from '../../src/context.ts';
import type { ModelFile } from '../../src/schema/index.ts';
import { seedDataset } from '../support/training.ts';
import { TRAINING } from './environment.ts';
import type { Run } from './steps.ts';

const BIN = join(import.meta.dirname, '../../src/cli/bin.js');
/** One step is enough: what it learns is shown elsewhere. */
const FLAGS = '--max_steps 1 --gradient_accumulation_steps 1 --dataset_num_proc 1';

export async function trainByCommand({ trainer, model, figures }: Run): Promise<void> {
  const at = (name: string) => join(trainer.folder, 'command', name);
  const store = await openStore(loadConfig({ SWE_MANAGER_DATA_DIR: at('data') }));
  await seedDataset(store.db, 20, (index) => (index % 2) + 1);
  await store.close();
  installJob(at('venv'), trainer.python);
  const env = {
    ...process.env,
    ...{ DATABASE_URL: '', INFERENCE_URL: '', SWE_MANAGER_DATA_DIR: at('data') },
    ...{ TRAIN_VENV: at('venv'), TRAIN_DIR: at('runs'), HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1' },
  };
  const command = (...args: string[]) =>
    execFileSync(process.execPath, [BIN, ...args, '--json'], { env, encoding: 'utf8', cwd: trainer.folder });
  const flags = ['--stage', 'sft', '--dataset', '1', '--base', model, '--gpus', '0', '--follow'];
  const { state, name } = JSON.parse(command('train', ...flags));
  assert.equal(state, 'succeeded');
  const version = JSON.parse(command('models', 'show', name));
  const files = (version.files as ModelFile[]).map(({ path }) => path);
  assert.ok(files.includes('adapter_model.safetensors'), `registered ${files.join(', ')}`);
  assert.equal(version.metrics.global_step, 1);
  figures.registered_files = files.length;
}

/** What `pip install ./training` would put there, over the environment that is at hand. */
function installJob(venv: string, python: string): void {
  const file = join(venv, 'bin', 'swe-manager-job');
  mkdirSync(join(venv, 'bin'), { recursive: true });
  const run = `exec ${python} -B -m swe_manager_training.job "$@" ${FLAGS}`;
  writeFileSync(file, `#!/bin/sh\nexport PYTHONPATH=${TRAINING}\n${run}\n`);
  chmodSync(file, 0o755);
}
