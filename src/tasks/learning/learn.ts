/**
 * One turn of learning: watch who was promoted last, put a waiting candidate to the gate, and train another when there
 * is enough to learn. Every part can be repeated; a turn that was cut short is done again.
 */
import { randomUUID } from 'node:crypto';
import type { LearningConfig } from '../../config/learning.ts';
import { InputError, JudgeError, TrainingError } from '../../errors.ts';
import { SWE_LANCER } from '../../pipeline/dataset/benchmarks.ts';
import { TRAINED_REASON_CLASSES } from '../../pipeline/dataset/selection.ts';
import { type Due, isTrainingDue } from '../../pipeline/training/due.ts';
import { type datasetVersionStore, holdoutStore, modelStore, trainingRunStore } from '../../store/index.ts';
import { buildVersion } from '../dataset/build-version.ts';
import { candidatesWithALook } from './epoch.ts';
import { type GateOutcome, putToGate } from './gate.ts';
import { loadVersion } from './load-version.ts';
import { type Comparison, watchStable } from './shadow.ts';
import { trainEmbeddedOn } from './train-embedded.ts';
import type { LearningContext } from './types.ts';

export interface LearnOptions {
  readonly schedule: LearningConfig;
  /** The operator's default for public repositories. */
  readonly operatorConsent: boolean;
  /** Begins to retrain the served model, which goes on elsewhere, and names the run; absent where nothing can. */
  readonly startRun?: (dataset: datasetVersionStore.DatasetVersion) => Promise<string>;
  readonly signal?: AbortSignal;
}

export interface Turn {
  readonly watched: Comparison | null;
  /** Why the two could not be compared this time: one of them is not served. */
  readonly unwatched: JudgeError | null;
  readonly gate: (GateOutcome & { readonly candidate: string }) | null;
  readonly training: Due;
  /** The version that was trained in this turn, or the run that was begun. */
  readonly trained: string | null;
}

const MONTH_MS = 30 * 86_400_000;

export async function learn(ctx: LearningContext, options: LearnOptions): Promise<Turn> {
  const watch = await tryToWatch(ctx, options.signal);
  const gate = await judgeCandidate(ctx, options);
  const training = await isDue(ctx, options.schedule);
  const trained = training.due ? await train(ctx, options) : null;
  return { ...watch, gate, training, trained };
}

/** An old version that is served no more must not end all learning. */
async function tryToWatch(
  ctx: LearningContext,
  signal?: AbortSignal,
): Promise<Pick<Turn, 'watched' | 'unwatched'>> {
  try {
    return { watched: await watchStable(ctx, signal), unwatched: null };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof JudgeError)) throw error;
    return { watched: null, unwatched: error };
  }
}

async function judgeCandidate(ctx: LearningContext, options: LearnOptions): Promise<Turn['gate']> {
  const candidate = await waitingCandidate(ctx);
  if (!candidate) return null;
  await loadVersion(ctx.judges, candidate, options.signal);
  const outcome = await putToGate(ctx, candidate, {
    candidatesPerEpoch: options.schedule.candidatesPerEpoch,
    ...(options.signal && { signal: options.signal }),
  });
  return { ...outcome, candidate: candidate.name };
}

/** The one that has the epoch's level, else the oldest: each waits for its turn. */
async function waitingCandidate({ db, judges }: LearningContext): Promise<modelStore.ModelVersion | null> {
  const versions = await modelStore.listCandidates(db, judges.kind);
  const epoch = await holdoutStore.openEpoch(db, judges.kind);
  const begun = epoch ? await candidatesWithALook(db, epoch.id) : [];
  return versions.find(({ name }) => begun.some((one) => one.name === name)) ?? versions[0] ?? null;
}

async function isDue(ctx: LearningContext, schedule: LearningConfig): Promise<Due> {
  const { db, clock } = ctx;
  const labels = await trainingRunStore.countLabels(
    db,
    TRAINED_REASON_CLASSES,
    await trainingRunStore.lastRunAt(db),
  );
  const monthAgo = new Date(clock.now().getTime() - MONTH_MS);
  return isTrainingDue(schedule, {
    runningNow: (await trainingRunStore.runsUnderWay(db)).length,
    runsLast30Days: await trainingRunStore.countRunsSince(db, monthAgo, 'schedule'),
    labels: labels.all,
    newLabels: labels.since,
    waitingCandidates: (await waitingCandidate(ctx)) === null ? 0 : 1,
  });
}

/** @returns null when the labels hold nothing to learn from, or there is nowhere to train */
async function train(ctx: LearningContext, options: LearnOptions): Promise<string | null> {
  const trainOn = trainerOf(ctx, options);
  if (!trainOn) return null;
  const { version: dataset } = await buildVersion(ctx.db, {
    permutations: 1,
    rules: { reasonClasses: TRAINED_REASON_CLASSES, minConfidence: 0 },
    operatorConsent: options.operatorConsent,
    benchmarks: [SWE_LANCER],
    decontaminate: true,
    codeVersion: ctx.learning.codeVersion,
    at: ctx.clock.now(),
    ...(ctx.learning.splitOf && { splitOf: ctx.learning.splitOf }),
    ...(options.signal && { signal: options.signal }),
  });
  try {
    return await trainOn(dataset);
  } catch (error) {
    const final = error instanceof InputError || (error instanceof TrainingError && !error.retryable);
    if (!final) throw error;
    await recordFailure(ctx, dataset, error);
    return null;
  }
}

/** The embedded judge is trained here and now, a served model elsewhere. Each names what it made or began. */
function trainerOf(
  ctx: LearningContext,
  { startRun, operatorConsent }: LearnOptions,
): LearnOptions['startRun'] {
  if (ctx.judges.kind === 'model') return startRun;
  const options = { requestedBy: 'schedule', operatorConsent } as const;
  return async (dataset) => (await trainEmbeddedOn(ctx, dataset, options)).version.name;
}

/** Kept, so that the same labels are not tried again and again, and somebody can see why. */
async function recordFailure(
  { db, clock, judges }: LearningContext,
  dataset: datasetVersionStore.DatasetVersion,
  { message }: Error,
): Promise<void> {
  const at = clock.now();
  const stage = judges.kind === 'model' ? ('dapo' as const) : ('embedded' as const);
  await trainingRunStore.insertTrainingRun(db, {
    id: randomUUID(),
    name: `swe-manager-${stage}-v${dataset.number}-failed`,
    stage,
    launcher: 'local',
    datasetVersionId: dataset.id,
    base: stage === 'dapo' ? 'the SFT model' : 'hand',
    state: 'failed',
    reason: message,
    requestedBy: 'schedule',
    createdAt: at,
    finishedAt: at,
  });
}
