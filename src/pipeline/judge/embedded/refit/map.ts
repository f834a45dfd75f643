/**
 * Fits the conditional logit to an installation's own labels, around given weights: maximum a posteriori with a
 * normal prior of fixed width. Few labels move the weights little, many move them where the labels say.
 *
 * Maximises `Σ_t v_t · log P_t(chosen | w) - |w - w0|² / (2 sd²)` by Newton's method; the function is strictly concave, so
 * there is one maximum (Train 2009, "Discrete Choice Methods with Simulation", chapters 3 and 8).
 */
import { InputError } from '../../../../errors.ts';
import { FEATURE_NAMES, vectorFrom, type Weights } from '../weights.ts';
import { type LabelledChoice, type Sample, samplesOf } from './labels.ts';
import { maximise, meanLogLikelihood } from './newton.ts';

export interface Refit {
  readonly weights: Weights;
  /** Labels that were used. */
  readonly used: number;
  /** Labels that say nothing about a choice: none acceptable, fewer than two candidates, or weight 0. */
  readonly dropped: number;
  /** Whether the largest component of the gradient vanished (under 1e-8). */
  readonly converged: boolean;
  readonly iterations: number;
  /** Mean log-likelihood a label (natural logarithm), by sample weight, under the prior's and the new weights. */
  readonly logLikelihood: { readonly prior: number; readonly refitted: number };
}

export interface RefitOptions {
  readonly choices: readonly LabelledChoice[];
  /** Where the weights stay without labels. */
  readonly prior: Weights;
  /** Standard deviation of each weight around the prior, in log-odds a unit. */
  readonly priorSd?: number | undefined;
}

/** Fixed, not tuned: about half of a typical weight, so that 20 labels cannot turn the policy around. */
export const PRIOR_SD = 0.15;
/** A repository may differ from the installation less than the installation does from the hand weights. */
const REPOSITORY_SD = 0.1;

/**
 * The weights that the labels suggest.
 * @throws InputError when no usable label is left or a number is not usable.
 */
export function refitWeights({ choices, prior, priorSd = PRIOR_SD }: RefitOptions): Refit {
  const samples = usableSamples(choices);
  const start = FEATURE_NAMES.map((name) => prior[name]);
  const precision = start.map(() => precisionOf(priorSd));
  const { point, converged, iterations } = maximise({ samples, start, precision });
  return {
    weights: toWeights(point),
    used: samples.length,
    dropped: choices.length - samples.length,
    converged,
    iterations,
    logLikelihood: { prior: meanLogLikelihood(samples, start), refitted: meanLogLikelihood(samples, point) },
  };
}

/**
 * One repository's weights: the installation's plus a deviation, fitted together (a two-level model), so that no label counts
 * twice. All labels move the common part, the repository's own the deviation, too.
 * @throws InputError when no usable label is left or a number is not usable.
 */
export function refitRepositoryWeights(
  repository: string,
  { choices, prior, priorSd = PRIOR_SD }: RefitOptions,
): Weights {
  const own = usableSamples(choices.filter((choice) => choice.repository === repository));
  const others = samplesOf(choices.filter((choice) => choice.repository !== repository));
  const common = FEATURE_NAMES.map((name) => prior[name]);
  const none = common.map(() => 0);
  const { point } = maximise({
    samples: [
      ...own.map((sample) => ({ ...sample, rows: sample.rows.map((row) => [...row, ...row]) })),
      ...others.map((sample) => ({ ...sample, rows: sample.rows.map((row) => [...row, ...none]) })),
    ],
    start: [...common, ...none],
    precision: [...common.map(() => precisionOf(priorSd)), ...none.map(() => precisionOf(REPOSITORY_SD))],
  });
  return toWeights(common.map((_, index) => (point[index] ?? 0) + (point[common.length + index] ?? 0)));
}

function toWeights(point: readonly number[]): Weights {
  return vectorFrom((name) => point[FEATURE_NAMES.indexOf(name)] ?? 0);
}

function precisionOf(sd: number): number {
  if (sd > 0 && Number.isFinite(sd)) return sd ** -2;
  throw new InputError(
    `The prior's standard deviation is ${sd}.`,
    'Give a positive number, for example 0.15.',
  );
}

function usableSamples(choices: readonly LabelledChoice[]): Sample[] {
  const samples = samplesOf(choices);
  if (samples.length === 0) throw noLabels(choices.length);
  return samples;
}

function noLabels(given: number): InputError {
  return new InputError(
    given === 0
      ? 'There is no label to refit from.'
      : `None of the ${given} labels names a choice between proposals.`,
    'Collect decisions that maintainers accepted or overrode on issues with two proposals or more, then refit again.',
  );
}
