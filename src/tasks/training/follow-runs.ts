/**
 * Brings every run under way up to date from its launcher: submitted, running, ended. A trainer that hangs is
 * cancelled, a model is registered only when all of its files are there and whole, and a run that was planned when
 * the process died is submitted. Every step can be repeated, also by two processes at once.
 */
import { randomUUID } from 'node:crypto';
import { SweManagerError, TrainingError } from '../../errors.ts';
import type { TrainingPlan, TrainingResult, TrainingStatus } from '../../pipeline/training/types.ts';
import { modelStore, trainingRunStore } from '../../store/index.ts';
import { submitRun } from './start-run.ts';
import type { TrainingContext } from './types.ts';

export interface FollowOptions {
  /** How long a trainer may show no sign of life, in milliseconds. */
  readonly stallMs: number;
}

export interface Followed {
  readonly run: trainingRunStore.TrainingRun;
  /** Why its launcher could not be asked; null when it could. */
  readonly problem: SweManagerError | null;
}

type Run = trainingRunStore.TrainingRun & { readonly plan: TrainingPlan };

/** How long a process may take to submit what it planned, in milliseconds; then it is taken for dead. */
const SUBMIT_MS = 120_000;

export async function followRuns(ctx: TrainingContext, options: FollowOptions): Promise<Followed[]> {
  const followed: Followed[] = [];
  for (const run of await trainingRunStore.runsUnderWay(ctx.db))
    followed.push(await follow(ctx, run, options));
  return followed;
}

/** One launcher that is away must not hide the other runs. */
async function follow(
  ctx: TrainingContext,
  run: trainingRunStore.TrainingRun,
  options: FollowOptions,
): Promise<Followed> {
  try {
    return { run: await followRun(ctx, run, options), problem: null };
  } catch (error) {
    if (!(error instanceof SweManagerError)) throw error;
    return { run, problem: error };
  }
}

/**
 * @returns the run as it is now
 * @throws TrainingError, ConfigError when its launcher cannot be asked
 */
export async function followRun(
  ctx: TrainingContext,
  run: trainingRunStore.TrainingRun,
  options: FollowOptions,
): Promise<trainingRunStore.TrainingRun> {
  if (trainingRunStore.isUnderWay(run) && hasPlan(run)) await bringUpToDate(ctx, run, options);
  return (await trainingRunStore.findTrainingRun(ctx.db, run.name)) ?? run;
}

function hasPlan(run: trainingRunStore.TrainingRun): run is Run {
  return run.plan !== null;
}

async function bringUpToDate(ctx: TrainingContext, run: Run, options: FollowOptions): Promise<void> {
  if (run.state === 'planned') {
    const waited = ctx.clock.now().getTime() - run.createdAt.getTime();
    if (waited >= SUBMIT_MS) await submitRun(ctx, run);
    return;
  }
  const status = await ctx.training.launcher(run.launcher).status(run.name);
  switch (status.state) {
    case 'succeeded':
      return succeed(ctx, run);
    case 'failed':
      return fail(ctx, run, await withLastWords(ctx, run, status.reason ?? 'the trainer failed'));
    case 'cancelled':
      return end(ctx, run, 'cancelled', status.reason ?? 'it was cancelled');
    case 'waiting':
      await trainingRunStore.updateRunUnderWay(ctx.db, run.id, { reason: status.reason });
      return;
    case 'running':
    case 'unknown':
      return watch(ctx, run, status, options);
    default:
      status.state satisfies never;
  }
}

async function watch(
  ctx: TrainingContext,
  run: Run,
  status: TrainingStatus,
  { stallMs }: FollowOptions,
): Promise<void> {
  const lastSignAt = latest(status.lastSignAt, await ctx.training.files.lastChangeAt(run.plan));
  const since = latest(lastSignAt, run.startedAt) ?? run.createdAt;
  if (ctx.clock.now().getTime() - since.getTime() > stallMs) {
    await ctx.training.launcher(run.launcher).cancel(run.name);
    const what = status.state === 'running' ? 'the trainer hangs' : 'its launcher does not know it any more';
    return fail(ctx, run, `${what}: no sign of life for ${Math.round(stallMs / 60_000)} minutes`);
  }
  await trainingRunStore.updateRunUnderWay(ctx.db, run.id, {
    ...(status.state === 'running' && { state: 'running' as const }),
    reason: status.reason,
    lastSignAt,
  });
}

function latest(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}

async function succeed(ctx: TrainingContext, run: Run): Promise<void> {
  let result: TrainingResult;
  try {
    result = await ctx.training.files.readResult(run.plan);
  } catch (error) {
    if (error instanceof TrainingError) return fail(ctx, run, error.message);
    throw error;
  }
  await register(ctx, run, result);
  await ctx.training.files.removeRows(run.plan);
}

/** Run and model in one transaction: there is no model of a run that did not succeed. */
async function register({ db, clock }: TrainingContext, run: Run, result: TrainingResult): Promise<void> {
  const at = clock.now();
  const metrics = { ...result.metrics };
  await db.transaction(async (tx) => {
    const change = { state: 'succeeded' as const, reason: null, finishedAt: at, metrics };
    if (!(await trainingRunStore.updateRunUnderWay(tx, run.id, change))) return;
    await modelStore.insertModelVersion(tx, {
      id: randomUUID(),
      name: run.name,
      kind: 'model',
      trainingRunId: run.id,
      datasetVersionId: run.datasetVersionId,
      base: run.base,
      codeVersion: run.plan.codeVersion,
      path: result.path,
      files: [...result.files],
      metrics,
      createdAt: at,
    });
  });
}

/** What a trainer prints last is most often why it ended. */
async function withLastWords({ training }: TrainingContext, run: Run, reason: string): Promise<string> {
  const words = await training
    .launcher(run.launcher)
    .logs(run.name, 1)
    .catch(() => '');
  return words.trim() === '' ? reason : `${reason}; its last line: ${words.trim().slice(0, 300)}`;
}

function fail(ctx: TrainingContext, run: Run, reason: string): Promise<void> {
  return end(ctx, run, 'failed', reason);
}

async function end(
  { db, clock, training }: TrainingContext,
  run: Run,
  state: 'failed' | 'cancelled',
  reason: string,
): Promise<void> {
  await trainingRunStore.updateRunUnderWay(db, run.id, { state, reason, finishedAt: clock.now() });
  await training.files.removeRows(run.plan);
}

/** Ends a run that is under way, for good. @returns the run as it is now. @throws TrainingError, ConfigError */
export async function cancelRun(
  ctx: TrainingContext,
  run: trainingRunStore.TrainingRun,
  reason: string,
): Promise<trainingRunStore.TrainingRun> {
  if (trainingRunStore.isUnderWay(run) && hasPlan(run)) {
    await ctx.training.launcher(run.launcher).cancel(run.name);
    await end(ctx, run, 'cancelled', reason);
  }
  return (await trainingRunStore.findTrainingRun(ctx.db, run.name)) ?? run;
}
