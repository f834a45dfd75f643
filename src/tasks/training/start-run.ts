/** From a request to a run that is submitted. Asking twice finds the same run; a run cut short is submitted again. */
import { randomUUID } from 'node:crypto';
import { InputError, TrainingError } from '../../errors.ts';
import { planTraining } from '../../pipeline/training/plan.ts';
import { preflight } from '../../pipeline/training/preflight.ts';
import type {
  LauncherKind,
  Resources,
  TrainingLauncher,
  TrainingPlan,
  Tuner,
} from '../../pipeline/training/types.ts';
import { datasetVersionStore, trainingRunStore } from '../../store/index.ts';
import { exportVersion } from '../dataset/export-version.ts';
import { checkDataset } from './check-dataset.ts';
import { type BaseSettings, chooseBase } from './choose-base.ts';
import type { TrainingContext } from './types.ts';

export interface RunRequest {
  readonly stage: 'sft' | 'dapo';
  readonly dataset: datasetVersionStore.DatasetVersion;
  readonly tuner: Tuner;
  readonly launcher: LauncherKind;
  /** Null takes the settings' base. */
  readonly base: string | null;
  /** Null takes what the stage needs. */
  readonly resources: Resources | null;
  /** Tries again what was tried before and has ended. */
  readonly again: boolean;
  readonly requestedBy: 'operator' | 'schedule';
}

export interface RunSettings extends BaseSettings {
  readonly pricePerGpuHour: number | null;
  readonly codeVersion: string;
}

export interface PlannedRun {
  readonly plan: TrainingPlan;
  /** What stands in its way, as sentences. */
  readonly findings: readonly string[];
}

/** Reads, decides and writes nothing: what a dry run shows. @throws InputError, ConfigError, TrainingError */
export async function planRun(
  ctx: TrainingContext,
  request: RunRequest,
  settings: RunSettings,
): Promise<PlannedRun> {
  const { db, training, config } = ctx;
  const { stage, tuner, dataset, resources, launcher } = request;
  if (launcher === 'local' && (resources?.nodes ?? 1) > 1) {
    throw new InputError('This machine is one node.', 'Use --launcher kubernetes for several.');
  }
  const common = {
    stage,
    tuner,
    base: await chooseBase(db, stage, request.base, settings),
    dataset: {
      version: dataset.number,
      hash: dataset.manifest.rowsHash,
      rows: await checkDataset(db, dataset, config.trainingConsent),
    },
    resources,
    root: training.root(launcher),
    pricePerGpuHour: settings.pricePerGpuHour,
    codeVersion: settings.codeVersion,
  };
  let plan = planTraining({ ...common, attempt: 1 });
  for (let attempt = 2; request.again && (await hasEnded(ctx, plan)); attempt += 1) {
    plan = planTraining({ ...common, attempt });
  }
  return { plan, findings: await findingsOf(training.launcher(launcher), plan) };
}

/** A cluster that does not answer now may do so when it is needed: that is a finding too. */
async function findingsOf(launcher: TrainingLauncher, { resources }: TrainingPlan): Promise<string[]> {
  try {
    return preflight(resources, await launcher.capacity());
  } catch (error) {
    if (error instanceof TrainingError) return [error.message];
    throw error;
  }
}

async function hasEnded({ db }: TrainingContext, { name }: TrainingPlan): Promise<boolean> {
  const run = await trainingRunStore.findTrainingRun(db, name);
  return run !== null && !trainingRunStore.isUnderWay(run);
}

export interface StartedRun {
  readonly run: trainingRunStore.TrainingRun;
  /** True when the same was asked for before: nothing was started. */
  readonly known: boolean;
}

/**
 * @throws InputError when another run is under way; TrainingError when this machine cannot train it, or the launcher
 * refuses (a planned run stays, and is submitted when runs are followed)
 */
export async function startRun(
  ctx: TrainingContext,
  request: RunRequest,
  { plan, findings }: PlannedRun,
): Promise<StartedRun> {
  const { db } = ctx;
  const before = await trainingRunStore.findTrainingRun(db, plan.name);
  if (before && before.state !== 'planned') return { run: before, known: true };
  // A cluster may grow; this machine does not.
  if (request.launcher === 'local' && findings.length > 0) {
    throw new TrainingError(findings.join(' '), 'Use --tuner lora, --gpus, or --launcher kubernetes.');
  }
  const inTheWay = await trainingRunStore.planTrainingRun(db, rowOf(ctx, request, plan));
  if (inTheWay && inTheWay.name !== plan.name) {
    throw new InputError(
      `${inTheWay.name} is under way, and one run is trained at a time.`,
      'Wait for it, or `swe-manager train cancel` it.',
    );
  }
  const run = await findRun(ctx, plan.name);
  if (run.state === 'planned') await submitRun(ctx, run);
  return { run: await findRun(ctx, plan.name), known: inTheWay !== null };
}

function rowOf({ clock }: TrainingContext, request: RunRequest, plan: TrainingPlan) {
  return {
    id: randomUUID(),
    name: plan.name,
    stage: plan.stage,
    launcher: request.launcher,
    datasetVersionId: request.dataset.id,
    base: plan.base,
    plan,
    requestedBy: request.requestedBy,
    createdAt: clock.now(),
  };
}

async function findRun({ db }: TrainingContext, name: string): Promise<trainingRunStore.TrainingRun> {
  const run = await trainingRunStore.findTrainingRun(db, name);
  if (!run) throw new Error(`training run ${name} was not stored`);
  return run;
}

/**
 * Exports the rows and submits the plan; both may be done again.
 * @throws TrainingError; one that trying again cannot mend ends the run
 */
export async function submitRun(ctx: TrainingContext, run: trainingRunStore.TrainingRun): Promise<void> {
  const { db, clock } = ctx;
  // Before the rows are read: what is erased from now on may have been trained on.
  const startedAt = clock.now();
  try {
    await submit(ctx, run);
  } catch (error) {
    if (error instanceof TrainingError && !error.retryable) {
      const ended = { state: 'failed' as const, reason: error.message, finishedAt: clock.now() };
      await trainingRunStore.updateRunUnderWay(db, run.id, ended);
    }
    throw error;
  }
  await trainingRunStore.updateRunUnderWay(db, run.id, { state: 'submitted', startedAt });
}

async function submit(
  { db, training, config }: TrainingContext,
  run: trainingRunStore.TrainingRun,
): Promise<void> {
  const dataset = await datasetVersionStore.getVersion(db, run.datasetVersionId);
  if (!run.plan || !dataset) throw new Error(`training run ${run.name} has nothing to submit`);
  const format = run.plan.stage === 'sft' ? ('sft' as const) : ('grpo' as const);
  const chunks = exportVersion(db, dataset, {
    format,
    split: 'train',
    targets: null,
    operatorConsent: config.trainingConsent,
  });
  await training.files.writeRows(run.plan, textsOf(chunks));
  await training.launcher(run.launcher).submit(run.plan);
}

async function* textsOf(chunks: AsyncIterable<{ readonly text: string }>): AsyncGenerator<string> {
  for await (const { text } of chunks) yield text;
}
