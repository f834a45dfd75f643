/** Retrains the embedded judge on a dataset version: a refit around its hand-set weights, in this process, in seconds. */
import { createHash, randomUUID } from 'node:crypto';
import { InputError } from '../../errors.ts';
import { labelledChoice } from '../../pipeline/judge/embedded/refit/labels.ts';
import { trainEmbedded } from '../../pipeline/judge/embedded/refit/train.ts';
import type { TrainedWeights } from '../../pipeline/judge/embedded/trained.ts';
import { type datasetVersionStore, modelStore, teachingStore, trainingRunStore } from '../../store/index.ts';
import { repositoriesWithoutConsent } from '../support/training-consent.ts';
import type { LearningContext } from './types.ts';

type EmbeddedTrainingContext = Pick<LearningContext, 'db' | 'clock' | 'learning'>;

export interface EmbeddedTrainingOptions {
  readonly requestedBy: 'operator' | 'schedule';
  /** The operator's default for public repositories, as it is now. */
  readonly operatorConsent: boolean;
}

export interface EmbeddedTraining {
  readonly version: modelStore.ModelVersion;
  /** True when the same weights were trained before: then it is that version. */
  readonly known: boolean;
}

/**
 * @throws InputError for a contaminated version, or one that holds no choice between proposals
 */
export async function trainEmbeddedOn(
  ctx: EmbeddedTrainingContext,
  dataset: datasetVersionStore.DatasetVersion,
  { requestedBy, operatorConsent }: EmbeddedTrainingOptions,
): Promise<EmbeddedTraining> {
  const startedAt = ctx.clock.now();
  const trained = await fitEmbedded(ctx, dataset, operatorConsent);
  const hash = createHash('sha256').update(JSON.stringify(trained)).digest('hex').slice(0, 6);
  const name = `${trained.name}-v${dataset.number}-${hash}`;
  const before = await modelStore.findModelVersion(ctx.db, name);
  if (before) return { version: before, known: true };
  const metrics = {
    labels: trained.labels.used,
    log_likelihood_prior: trained.log_likelihood.prior,
    log_likelihood: trained.log_likelihood.refitted,
    ...(trained.held_out && {
      held_out_log_likelihood_prior: trained.held_out.prior,
      held_out_log_likelihood: trained.held_out.refitted,
    }),
  };
  return {
    version: await register(ctx, {
      ...{ dataset, name, metrics, requestedBy, startedAt },
      trained: { ...trained, name },
    }),
    known: false,
  };
}

/**
 * The fit alone, which is all that a dry run does: nothing is written.
 * @param operatorConsent the operator's default for public repositories, as it is now
 * @throws InputError for a contaminated version, or one that holds no choice between proposals
 */
export async function fitEmbedded(
  { db }: Pick<EmbeddedTrainingContext, 'db'>,
  dataset: datasetVersionStore.DatasetVersion,
  operatorConsent: boolean,
): Promise<TrainedWeights> {
  refuseContaminated(dataset);
  const without = await repositoriesWithoutConsent(db, operatorConsent);
  const labels = await teachingStore.teachingLabels(db, dataset.id, without);
  return trainEmbedded(
    labels.map(({ input, verdict, proposalNumber, weight }) =>
      labelledChoice(input, verdict === 'proposal' ? proposalNumber : null, weight),
    ),
  );
}

/** @throws InputError */
export function refuseContaminated({ number, manifest }: datasetVersionStore.DatasetVersion): void {
  if (!manifest.contaminated) return;
  throw new InputError(
    `Dataset version ${number} may touch a benchmark: what is trained on it could be compared with nobody.`,
    'Build a version without --no-decontaminate and train on that.',
  );
}

async function register(
  { db, clock, learning }: EmbeddedTrainingContext,
  made: {
    readonly dataset: datasetVersionStore.DatasetVersion;
    readonly name: string;
    readonly trained: object;
    readonly metrics: Record<string, number>;
    readonly requestedBy: 'operator' | 'schedule';
    readonly startedAt: Date;
  },
): Promise<modelStore.ModelVersion> {
  const at = clock.now();
  return db.transaction(async (tx) => {
    const run = { id: randomUUID(), name: `swe-manager-${made.name}` };
    await trainingRunStore.insertTrainingRun(tx, {
      ...run,
      stage: 'embedded',
      launcher: 'local',
      datasetVersionId: made.dataset.id,
      base: 'hand',
      state: 'succeeded',
      requestedBy: made.requestedBy,
      metrics: made.metrics,
      createdAt: at,
      startedAt: made.startedAt,
      finishedAt: at,
    });
    await modelStore.insertModelVersion(tx, {
      id: randomUUID(),
      name: made.name,
      kind: 'embedded',
      trainingRunId: run.id,
      datasetVersionId: made.dataset.id,
      base: 'hand',
      codeVersion: learning.codeVersion,
      weights: made.trained,
      metrics: made.metrics,
      createdAt: at,
    });
    const version = await modelStore.findModelVersion(tx, made.name);
    if (!version) throw new Error(`model version ${made.name} was not stored`);
    return version;
  });
}
