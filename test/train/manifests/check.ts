/**
 * `npm run check:manifests`: what `train --dry-run --launcher kubernetes --json` would submit, for every stage, tuner
 * and number of nodes, against the schemas that Kubeflow publishes; and broken manifests, which must be refused.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../src/config.ts';
import { openStore } from '../../../src/context.ts';
import { seedDataset } from '../../support/training.ts';
import { pipInstall, preparePython, TRAINING } from '../environment.ts';
import { BROKEN, type Job } from './broken.ts';

interface Named {
  readonly name: string;
  readonly job: Job;
}

const BIN = join(import.meta.dirname, '../../../src/cli/bin.js');
const PINS = 'requirements-manifests.txt';
/** A cluster that nobody answers for: a dry run needs none. */
const KUBECONFIG = JSON.stringify({
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'u', user: { token: 't' } }],
  contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  'current-context': 'x',
});

const log = (line: string) => process.stdout.write(`${line}\n`);

const COMBINATIONS = ['sft', 'dapo'].flatMap((stage) =>
  ['lora', 'full'].flatMap((tuner) => ['1', '2'].map((nodes) => ({ stage, tuner, nodes }))),
);

async function submissions(dir: string): Promise<Named[]> {
  const store = await openStore(loadConfig({ SWE_MANAGER_DATA_DIR: join(dir, 'data') }));
  await seedDataset(store.db, 20, (index) => (index % 2) + 1);
  await store.close();
  writeFileSync(join(dir, 'kubeconfig'), KUBECONFIG);
  return COMBINATIONS.map(({ stage, tuner, nodes }) => ({
    name: `${stage}, ${tuner}, ${nodes} node(s)`,
    job: dryRun(dir, ['--stage', stage, '--tuner', tuner, '--nodes', nodes]),
  }));
}

function dryRun(dir: string, flags: readonly string[]): Job {
  const args = ['train', '--dataset', '1', '--base', 'Qwen/Qwen3-8B', '--launcher', 'kubernetes', ...flags];
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args, '--dry-run', '--json'], {
    encoding: 'utf8',
    cwd: dir,
    env: {
      PATH: process.env.PATH,
      SWE_MANAGER_DATA_DIR: join(dir, 'data'),
      TRAIN_IMAGE: 'registry.example/trainer:1',
      TRAIN_VOLUME_CLAIM: 'training',
      TRAIN_KUBECONFIG: join(dir, 'kubeconfig'),
    },
  });
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}`);
  return JSON.parse(stdout).submission;
}

/** @returns what is wrong with each, null for nothing */
function validate(python: string, jobs: readonly Named[]): (string | null)[] {
  const { status, stdout, stderr } = spawnSync(python, ['-B', join(import.meta.dirname, 'validate.py')], {
    encoding: 'utf8',
    input: JSON.stringify(jobs),
  });
  if (status !== 0) throw new Error(`the validator failed: ${stderr}`);
  return (JSON.parse(stdout) as { problem: string | null }[]).map(({ problem }) => problem);
}

const python = preparePython(
  {
    name: 'manifests',
    size: 'about 20 MB',
    pins: [PINS],
    install: (fresh) => pipInstall(fresh, '--requirement', join(TRAINING, PINS)),
  },
  log,
);
const dir = mkdtempSync(join(tmpdir(), 'swe-manager-manifests-'));
let failed = 0;
try {
  const sound = await submissions(dir);
  const [first] = sound;
  if (!first) throw new Error('there is nothing to check');
  const broken = BROKEN.map(({ name, spoil }) => ({ name, job: spoil(structuredClone(first.job)) }));
  const problems = validate(python, [...sound, ...broken]);
  for (const [index, { name }] of sound.entries()) {
    const problem = problems[index];
    if (problem !== null) failed += 1;
    log(problem === null ? `ok      ${name}` : `FAILED  ${name}: ${problem}`);
  }
  for (const [index, { name }] of broken.entries()) {
    const problem = problems[sound.length + index];
    if (problem === null) failed += 1;
    log(problem === null ? `FAILED  ${name} was accepted` : `ok      refused ${name}: ${problem}`);
  }
  log(`${sound.length + broken.length - failed} passed, ${failed} failed`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
