/** `swe-manager train` as a user gives it: a real database, the real local launcher, and small shell trainers. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { openStore, type Store } from '../../src/context.ts';
import { type FakeInference, startFakeInference } from '../../src/sandbox/inference/index.ts';
import { type Ended, runCommand } from '../support/cli.ts';
import { seedDataset, writeJobScript, writeResult } from '../support/training.ts';

let dir: string;
let inference: FakeInference;
/** Stays open: the commands reach it through its socket, which costs less than opening it for each. */
let store: Store;
const at = (...names: string[]): string => join(dir, ...names);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swe-manager-train-'));
  inference = await startFakeInference();
  store = await openStore(loadConfig({ SWE_MANAGER_DATA_DIR: at('data') }));
  await seedDataset(store.db, 20, (index) => (index % 2) + 1);
  await writeResult(at('made'));
  const table = {
    step: ['8', '8'],
    prompt: ['p', 'p'],
    completion: ['<think>\na\n</think>\n\n{"best_proposal_id": 2}', 'chatter'],
    Selection: [1, 0],
    advantages: [0.5, -0.5],
  };
  await writeFile(at('made', 'output', 'completions.jsonl'), `${JSON.stringify(table)}\n`);
});
afterAll(async () => {
  await inference.close();
  await store.close();
  await rm(dir, { recursive: true });
});

function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return runCommand(args, {
    DATABASE_URL: '',
    SWE_MANAGER_DATA_DIR: at('data'),
    INFERENCE_URL: '',
    TRAIN_VENV: at('venv'),
    TRAIN_DIR: at('runs'),
    ...env,
  });
}

const SFT = ['train', '--stage', 'sft', '--dataset', 'latest', '--gpus', '0'];

async function train(script: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  await writeJobScript(at('venv', 'bin'), script);
  const { code, stdout, stderr } = await run([...SFT, ...args, '--follow', '--json'], env);
  return { code, stderr, run: JSON.parse(stdout) };
}

const succeeds = () => `mkdir -p "$OUTPUT" && cp -r ${at('made', 'output')}/. "$OUTPUT"`;

describe('swe-manager train', () => {
  it('shows on a dry run what would be run, and starts nothing', async () => {
    const shown = await run([...SFT, '--dry-run'], { TRAIN_PRICE_PER_GPU_HOUR: '2' });
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/^# swe-manager-sft-v1-[0-9a-f]{8}, on the local launcher\nswe-manager-job/);
    expect(shown.stdout).toContain('Rows: 20\nNeeds: no GPU');
    expect(shown.stdout).toContain('Preflight: nothing stands in the way.');
    const large = await run([...SFT.slice(0, 5), '--tuner', 'full', '--dry-run'], {
      TRAIN_PRICE_PER_GPU_HOUR: '2',
    });
    expect(large.stdout).toContain(
      'Needs: 1 node(s) with 4 GPU(s) of 60 GiB each\nEstimate: 0.0 GPU hours, 0.07 in all',
    );
    expect((await run(['train', 'list'])).stdout).toBe('No training run yet.\n');
  });

  it('says why a run failed: died, hung, left a torn checkpoint', async () => {
    expect(await train('echo out of memory; exit 3')).toMatchObject({
      code: 1,
      run: {
        state: 'failed',
        reason: 'the trainer ended with exit code 3; its last line: out of memory',
      },
    });
    expect(await train('sleep 60', ['--again'], { TRAIN_STALL_MINUTES: '0.02' })).toMatchObject({
      code: 1,
      run: { state: 'failed', reason: expect.stringContaining('the trainer hangs') },
    });
    const torn = `${succeeds()}; echo x > "$OUTPUT/checkpoint-8/adapter_model.safetensors"`;
    expect(await train(torn, ['--again'])).toMatchObject({
      code: 1,
      run: { state: 'failed', reason: expect.stringContaining('is corrupted') },
    });
    expect((await run(['models', 'list', '--json'])).stdout).toContain('"versions": []');
  });

  it('trains, registers the model, and finds the same run again', async () => {
    const { code, run: made } = await train(succeeds(), ['--again']);
    expect([code, made.state, made.known]).toEqual([0, 'succeeded', false]);
    const again = await train('exit 1', []);
    expect(again.run.state).toBe('failed'); // What was asked for first, and has failed.
    expect((await run(['train', 'status'])).stdout).toContain(`${made.name}: succeeded`);
    const rollouts = await run(['train', 'rollouts']);
    expect(rollouts.stdout).toBe(
      'step 8  chose 2  Selection 1.00\n  <think> a </think> {"best_proposal_id": 2}\n' +
        'step 8  unreadable  Selection 0.00\n  chatter\n',
    );
    expect((await run(['models', 'show', made.name])).stdout).toContain('SHA-256');
    const asJson = async (...args: string[]) => JSON.parse((await run(['train', ...args, '--json'])).stdout);
    expect((await asJson('list')).map((one: { name: string }) => one.name)).toContain(made.name);
    expect(await asJson('status')).toMatchObject({ name: made.name, state: 'succeeded' });
    expect(await asJson('rollouts')).toMatchObject([{ step: 8 }, { step: 8 }]);
  });

  it('has a version served by its name before it decides, or says why it cannot', async () => {
    const name = (await run(['train', 'list'])).stdout.split(' ')[0] ?? '';
    const env = { INFERENCE_URL: inference.url };
    expect((await run(['models', 'promote', name])).stderr).toContain('Set INFERENCE_URL');
    inference.loadsAdapters = false;
    const refused = await run(['models', 'promote', name], env);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(`cannot serve ${name}`) });
    expect(JSON.parse((await run(['models', 'list', '--json'], env)).stdout).stable).toBeNull();
    inference.loadsAdapters = true;
    expect((await run(['models', 'promote', name], env)).code).toBe(0);
    expect(inference.loaded).toEqual([{ name, path: at('runs', name, 'output', 'checkpoint-8') }]);
    expect(JSON.parse((await run(['models', 'list', '--json'], env)).stdout).stable).toBe(name);
  });

  it('cancels what runs', async () => {
    await writeJobScript(at('venv', 'bin'), 'sleep 60');
    const started = JSON.parse((await run([...SFT, '--again', '--json'])).stdout);
    expect(started.state).toBe('submitted');
    const other = await run([...SFT, '--tuner', 'full']);
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining(`${started.name} is under way`) });
    expect((await run(['train', 'cancel', started.name])).stdout).toContain(
      'cancelled (cancelled by the operator)',
    );
  });

  it('refits the embedded judge at once', async () => {
    const EMBEDDED = ['train', '--stage', 'embedded', '--dataset', '1', '--json'];
    const shown = JSON.parse((await run([...EMBEDDED, '--dry-run'])).stdout);
    const made = JSON.parse((await run(EMBEDDED)).stdout);
    expect(made).toMatchObject({ known: false, metrics: { labels: shown.labels.used } });
    expect(JSON.parse((await run(EMBEDDED)).stdout)).toMatchObject({ model: made.model, known: true });
  });

  it('refuses on a dry run of the embedded judge what training would refuse', async () => {
    const empty = (await run(['dataset', 'build', '--min-confidence', '1', '--json'])).stdout;
    const version = String(JSON.parse(empty).version);
    for (const dryRun of [[], ['--dry-run']]) {
      const ended = await run(['train', '--stage', 'embedded', '--dataset', version, ...dryRun]);
      expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('no label to refit from') });
    }
  });

  it.each([
    ['nothing', [], /What should be trained, on what\?/],
    ['an unknown stage', ['--stage', 'rl', '--dataset', '1'], /Allowed choices are sft, dapo, embedded/],
    ['an unknown version', ['--stage', 'sft', '--dataset', '9'], /There is no dataset version 9/],
    [
      'a GPU count that is none',
      ['--stage', 'sft', '--dataset', '1', '--gpus', 'many'],
      /whole number up to/,
    ],
    ['two nodes here', ['--stage', 'sft', '--dataset', '1', '--nodes', '2'], /This machine is one node/],
    [
      'a cluster that is not set',
      ['--stage', 'sft', '--dataset', '1', '--launcher', 'kubernetes'],
      /Set TRAIN_IMAGE/,
    ],
    [
      'GPUs that are not there',
      ['--stage', 'sft', '--dataset', '1', '--gpus', '64'],
      /64 GPUs of 40 GiB or more/,
    ],
    ['an adapter as the base', ['--stage', 'dapo', '--dataset', '1'], /is a LoRA adapter/],
  ])('refuses %s in one line', async (_what, args, problem) => {
    const ended = await run(['train', ...args]);
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(problem) });
    expect(ended.stderr).toMatch(/^swe-manager: [^\n]+\n$/);
  });
});

describe('a run that is not there', () => {
  it.each([['status'], ['logs'], ['cancel'], ['rollouts']])('is refused by train %s', async (command) => {
    await mkdir(at('empty'), { recursive: true });
    const ended = await run(['train', command, 'nobody']);
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no training run nobody'),
    });
  });
});
