/**
 * Training on this machine: a process of its own, which outlives this one. A shell writes down that it started and
 * how it ended, in the run's directory; whoever looks there later knows everything.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { TrainingError } from '../../errors.ts';
import type {
  Capacity,
  TrainingLauncher,
  TrainingPlan,
  TrainingStatus,
} from '../../pipeline/training/types.ts';
import { seenGpus } from './gpus.ts';
import { endTree } from './process-tree.ts';

export interface LocalLauncherOptions {
  /** The directory of all runs. */
  readonly root: string;
  /** Put before the command, e.g. the Python of a virtual environment: `['/opt/train/bin/python', '-m']`. */
  readonly commandPrefix?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** How long a trainer that is cancelled may take to stop by itself, in milliseconds. */
  readonly graceMs?: number;
}

/**
 * Whoever makes the directory `started` runs the command; the others, who were asked a second time, leave. `$1` is
 * the run's directory, what follows is the command. The shell itself survives SIGTERM: as long as the command stops, it
 * is seen to run.
 */
const SUPERVISOR = `
dir=$1; shift
mkdir "$dir/started" 2>/dev/null || exit 0
trap : TERM
echo $$ > "$dir/pid.tmp" && mv "$dir/pid.tmp" "$dir/pid"
"$@" > "$dir/log" 2>&1
echo $? > "$dir/exit.tmp" && mv "$dir/exit.tmp" "$dir/exit"
`;

const GLANCE_MS = 1_000;
const GRACE_MS = 20_000;
/** A file in the directory of a run that was cancelled. */
const CANCELLED = 'cancelled';
/** How long a shell may take to write down that it started, in milliseconds. */
const START_MS = 10_000;

export function createLocalLauncher(options: LocalLauncherOptions): TrainingLauncher {
  const dirOf = (name: string) => join(options.root, name);
  return {
    kind: 'local',
    capacity: async (): Promise<Capacity> => ({ nodes: [{ gpus: await seenGpus() }] }),
    submit: (plan) => submit(dirOf(plan.name), plan, options),
    status: (name) => statusOf(dirOf(name)),
    // Nothing tells when a process that is not ours ends: it is looked at again.
    untilChange: (_name, { atMostMs, signal }) => sleep(Math.min(atMostMs, GLANCE_MS), undefined, { signal }),
    logs: (name, lines) => tail(join(dirOf(name), 'log'), lines),
    cancel: (name) => cancel(dirOf(name), options.graceMs ?? GRACE_MS),
    describe: (plan) => describe(plan, options),
    submission: (plan) => ({ command: commandOf(plan, options), environment: plan.environment }),
  };
}

async function submit(dir: string, plan: TrainingPlan, options: LocalLauncherOptions): Promise<void> {
  await mkdir(dir, { recursive: true });
  const child = spawn('sh', ['-c', SUPERVISOR, 'swe-manager-train', dir, ...commandOf(plan, options)], {
    cwd: dir,
    detached: true,
    stdio: 'ignore',
    env: { ...options.environment, ...plan.environment },
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) =>
      reject(
        new TrainingError(`The trainer cannot be started: ${cause.message}.`, 'Is there a shell named sh?', {
          cause,
        }),
      ),
    );
  });
  child.unref();
}

function commandOf(plan: TrainingPlan, { commandPrefix = [] }: LocalLauncherOptions): string[] {
  return [...commandPrefix, ...plan.command];
}

async function statusOf(dir: string): Promise<TrainingStatus> {
  const state = await stateOf(dir);
  // Looked for last: who has ended by now has given a sign.
  return { ...state, lastSignAt: await lastSign(dir) };
}

async function stateOf(dir: string): Promise<Pick<TrainingStatus, 'state' | 'reason'>> {
  const pid = await readText(join(dir, 'pid'));
  if (pid !== null && (await runs(pid.trim(), dir))) return { state: 'running', reason: null };
  // Looked at after the process: it may have ended between the two looks.
  if ((await timeOf(join(dir, CANCELLED))) !== null) return { state: 'cancelled', reason: null };
  const code = (await readText(join(dir, 'exit')))?.trim();
  if (code === '0') return { state: 'succeeded', reason: null };
  if (code !== undefined) return failed(`the trainer ended with exit code ${code}`);
  if (pid !== null) return failed('the trainer died without saying why');
  const submittedAt = await timeOf(dir);
  if (submittedAt === null) return { state: 'unknown', reason: null };
  return Date.now() - submittedAt.getTime() < START_MS
    ? { state: 'waiting', reason: null }
    : failed('the trainer never started');
}

function failed(reason: string): Pick<TrainingStatus, 'state' | 'reason'> {
  return { state: 'failed', reason };
}

/** @throws TrainingError when processes are left all the same */
async function cancel(dir: string, graceMs: number): Promise<void> {
  if ((await timeOf(dir)) === null || (await readText(join(dir, 'exit'))) !== null) return;
  const pid = await pidOf(dir);
  await writeFile(join(dir, CANCELLED), '');
  if (pid !== null && (await runs(pid, dir))) await endTree(Number(pid), graceMs);
}

/** Of the shell that runs; null when none has begun, and then none will. */
async function pidOf(dir: string): Promise<string | null> {
  const takesItsPlace = await mkdir(join(dir, 'started')).then(
    () => true,
    () => false,
  );
  const deadline = Date.now() + START_MS;
  while (!takesItsPlace && Date.now() < deadline) {
    const pid = await readText(join(dir, 'pid'));
    if (pid !== null) return pid.trim();
    await sleep(20);
  }
  return null;
}

function describe(plan: TrainingPlan, options: LocalLauncherOptions): string {
  const variables = Object.entries(plan.environment).map(([name, value]) => `${name}=${value}`);
  return [...variables, ...commandOf(plan, options)].join(' \\\n  ');
}

async function tail(path: string, lines: number): Promise<string> {
  const text = (await readText(path)) ?? '';
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

async function lastSign(dir: string): Promise<Date | null> {
  return (await timeOf(join(dir, 'log'))) ?? (await timeOf(join(dir, 'pid')));
}

async function timeOf(path: string): Promise<Date | null> {
  return stat(path).then(
    ({ mtime }) => mtime,
    () => null,
  );
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Process ids are used again: the one that runs has to be this run's shell. */
async function runs(pid: string, dir: string): Promise<boolean> {
  const listed = await promisify(execFile)('ps', ['-p', pid, '-o', 'args=']).catch(() => ({ stdout: '' }));
  return listed.stdout.includes(dir);
}
