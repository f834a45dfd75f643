import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalLauncher } from '../../../src/adapters/training/local.ts';
import type { TrainingLauncher, TrainingPlan } from '../../../src/pipeline/training/types.ts';
import { planOf } from '../../pipeline/training/plans.ts';

let root: string;
let launcher: TrainingLauncher;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'training-'));
  launcher = createLocalLauncher({ root, environment: { PATH: process.env.PATH ?? '' }, graceMs: 300 });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const plan = (script: string): TrainingPlan =>
  planOf({ command: ['sh', '-c', script], environment: { NNODES: '1', NPROC_PER_NODE: '1' } });

async function ended({ name }: TrainingPlan) {
  for (;;) {
    const status = await launcher.status(name);
    if (status.state !== 'waiting' && status.state !== 'running') return status;
    await sleep(20);
  }
}

/** What a script wrote of itself, when it has. */
async function pidIn(file: string): Promise<number> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.endsWith('\n')) return Number(text);
    await sleep(20);
  }
}

/** A process that is dead and was not looked at yet is not alive. */
function isAlive(pid: number): boolean {
  try {
    return !execFileSync('ps', ['-p', String(pid), '-o', 'stat='], { encoding: 'utf8' }).startsWith('Z');
  } catch {
    return false;
  }
}

describe('training on this machine', () => {
  it('runs the command with its variables, and keeps what it printed and how it ended', async () => {
    const run = plan('echo "$NNODES node"; echo two >&2');
    await launcher.submit(run);
    expect(await ended(run)).toMatchObject({
      state: 'succeeded',
      reason: null,
      lastSignAt: expect.any(Date),
    });
    expect(await launcher.logs(run.name, 10)).toBe('1 node\ntwo');
    expect(await launcher.logs(run.name, 1)).toBe('two');
  });

  it('says with which exit code it failed', async () => {
    const run = plan('exit 3');
    await launcher.submit(run);
    expect(await ended(run)).toMatchObject({ state: 'failed', reason: 'the trainer ended with exit code 3' });
  });

  it('starts once, however often it is submitted', async () => {
    const run = plan(`echo started >> ${join(root, 'starts')}; sleep 0.2`);
    await Promise.all([launcher.submit(run), launcher.submit(run)]);
    expect(await ended(run)).toMatchObject({ state: 'succeeded' });
    await launcher.submit(run);
    await sleep(100);
    expect(await readFile(join(root, 'starts'), 'utf8')).toBe('started\n');
  });

  it('is found again by another process, and outlives the one that started it', async () => {
    const run = plan('sleep 0.5; echo done');
    const url = new URL('../../../src/adapters/training/local.ts', import.meta.url).href;
    execFileSync(process.execPath, [
      '--input-type=module',
      '-e',
      `const { createLocalLauncher } = await import('${url}');
       await createLocalLauncher({ root: ${JSON.stringify(root)}, environment: { PATH: process.env.PATH } }).submit(${JSON.stringify(run)});`,
    ]);
    expect(await ended(run)).toMatchObject({ state: 'succeeded' });
  });

  it('notices a trainer that was killed', async () => {
    const run = plan('sleep 30');
    await launcher.submit(run);
    while ((await launcher.status(run.name)).state !== 'running') await sleep(20);
    const pid = Number(await readFile(join(root, run.name, 'pid'), 'utf8'));
    process.kill(-pid, 'SIGKILL');
    expect(await ended(run)).toMatchObject({
      state: 'failed',
      reason: 'the trainer died without saying why',
    });
  });

  it('cancels the command and all that it started, also what hangs in a session of its own', async () => {
    const pidFile = join(root, 'worker');
    const worker = `trap "" TERM; echo $$ > ${pidFile}; sleep 30; sleep 30`;
    // The command dies at once of being asked to stop: what it started has no parent then.
    const run = plan(`setsid sh -c '${worker}' & wait`);
    await launcher.submit(run);
    const pid = await pidIn(pidFile);
    await launcher.cancel(run.name);
    expect(await launcher.status(run.name)).toMatchObject({ state: 'cancelled' });
    expect(isAlive(pid)).toBe(false);
    await launcher.cancel(run.name);
  });

  it('lets a trainer that is cancelled save what it has, and is seen to run until then', async () => {
    launcher = createLocalLauncher({ root, environment: { PATH: process.env.PATH ?? '' }, graceMs: 10_000 });
    const pidFile = join(root, 'trainer');
    const run = plan(`trap 'sleep 0.5; echo saved; exit 0' TERM; echo $$ > ${pidFile}; sleep 30 & wait`);
    await launcher.submit(run);
    await pidIn(pidFile);
    const cancelled = launcher.cancel(run.name);
    await sleep(200);
    expect(await launcher.status(run.name)).toMatchObject({ state: 'running' });
    await cancelled;
    expect(await launcher.status(run.name)).toMatchObject({ state: 'cancelled' });
    expect(await launcher.logs(run.name, 1)).toBe('saved');
  });

  it('begins nothing that was cancelled before it began', async () => {
    const run = plan(`echo started > ${join(root, 'starts')}`);
    await mkdir(join(root, run.name));
    await launcher.cancel(run.name);
    await launcher.submit(run);
    await sleep(100);
    expect(await launcher.status(run.name)).toMatchObject({ state: 'cancelled' });
    await expect(readFile(join(root, 'starts'))).rejects.toThrow('ENOENT');
  });

  it('knows nothing of what was never submitted', async () => {
    expect(await launcher.status('nobody')).toEqual({ state: 'unknown', reason: null, lastSignAt: null });
    expect(await launcher.logs('nobody', 5)).toBe('');
    await launcher.cancel('nobody');
  });

  it('says exactly what it would run', () => {
    expect(launcher.describe(plan('true'))).toBe(
      'NNODES=1 \\\n  NPROC_PER_NODE=1 \\\n  sh \\\n  -c \\\n  true'.replaceAll("'", ''),
    );
  });
});
