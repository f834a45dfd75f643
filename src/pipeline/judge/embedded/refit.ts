/**
 * Fits the conditional logit to an installation's own labels, around given weights: maximum a posteriori with a
 * normal prior of fixed width. Few labels move the weights little, many move them where the labels say.
 *
 * Maximises `Σ_t v_t · log P_t(chosen | w) - |w - w0|² / (2 sd²)` by Newton's method; the function is strictly concave, so
 * there is one maximum (Train 2009, "Discrete Choice Methods with Simulation", chapters 3 and 8).
 */
import { InputError } from '../../../errors.ts';
import type { JudgeInput } from '../types.ts';
import { analyse } from './features.ts';
import { solvePositiveDefinite } from './linear.ts';
import { softmax } from './logit.ts';
import { FEATURE_NAMES, type FeatureVector, vectorFrom, type Weights } from './weights.ts';

/** One snapshot with the answer that maintainers gave. */
export interface LabelledChoice {
  /** `owner/name`: which repository's taste it shows. */
  readonly repository: string;
  /** Standardised features of the snapshot's candidates, in posting order. */
  readonly candidates: readonly FeatureVector[];
  /** Index into `candidates`; null when maintainers found none acceptable. */
  readonly chosen: number | null;
  /** How much the label counts, 0 or more; 1 when left out. */
  readonly weight?: number;
}

export interface Refit {
  readonly weights: Weights;
  /** Labels that were used. */
  readonly used: number;
  /** Labels that say nothing about a choice: none acceptable, fewer than two candidates, or weight 0. */
  readonly dropped: number;
  /** Whether the largest component of the gradient came under `TOLERANCE`. */
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
  readonly priorSd?: number;
}

/** Fixed, not tuned: about a quarter of a typical weight, so that 20 labels cannot turn the policy around. */
export const PRIOR_SD = 0.15;
/** A repository may differ from the installation less than the installation does from the hand weights. */
export const REPOSITORY_PRIOR_SD = 0.1;

const TOLERANCE = 1e-8;
const MAX_ITERATIONS = 50;

/** Reads a snapshot into a label. `preferred` is a proposal's number, null when none was acceptable. */
export function labelledChoice(input: JudgeInput, preferred: number | null, weight = 1): LabelledChoice {
  const chosen = preferred === null ? null : input.candidates.findIndex(({ number }) => number === preferred);
  if (chosen === -1) {
    throw new InputError(
      `Label names proposal ${preferred}, which is not among the ${input.candidates.length} candidates of the snapshot.`,
      'Use the number of a candidate of the same snapshot, or null for "none acceptable".',
    );
  }
  const candidates = analyse(input).proposals.map(({ vector }) => vector);
  return { repository: input.repository, candidates, chosen, weight };
}

/**
 * The weights that the labels suggest. Labels "none acceptable" are dropped: a conditional logit describes which
 * proposal is taken given that one is, and whether one is acceptable is a threshold, not a weight.
 * @throws InputError when no usable label is left or a number is not usable.
 */
export function refitWeights({ choices, prior, priorSd = PRIOR_SD }: RefitOptions): Refit {
  const samples = choices.flatMap(toSample);
  if (samples.length === 0) throw noLabels(choices.length);
  if (!(priorSd > 0 && Number.isFinite(priorSd))) {
    throw new InputError(
      `The prior's standard deviation is ${priorSd}.`,
      'Give a positive number, for example 0.15.',
    );
  }
  const start = FEATURE_NAMES.map((name) => prior[name]);
  const { point, converged, iterations } = newton(samples, start, priorSd ** -2);
  return {
    weights: vectorFrom((name) => point[FEATURE_NAMES.indexOf(name)] ?? prior[name]),
    used: samples.length,
    dropped: choices.length - samples.length,
    converged,
    iterations,
    logLikelihood: { prior: meanLogLikelihood(samples, start), refitted: meanLogLikelihood(samples, point) },
  };
}

export interface RepositoryRefitOptions {
  readonly repository: string;
  /** Labels of all repositories or of this one; others are left out here. */
  readonly choices: readonly LabelledChoice[];
  /** The installation's weights, usually from `refitWeights` over all labels. */
  readonly global: Weights;
  readonly priorSd?: number;
}

/**
 * One repository's weights, with the installation's as the prior: the second level of the hierarchy.
 * @throws InputError when the repository has no usable label; use the global weights then.
 */
export function refitRepositoryWeights(options: RepositoryRefitOptions): Refit {
  const { repository, choices, global, priorSd = REPOSITORY_PRIOR_SD } = options;
  const own = choices.filter((choice) => choice.repository === repository);
  return refitWeights({ choices: own, prior: global, priorSd });
}

function noLabels(given: number): InputError {
  return new InputError(
    given === 0
      ? 'There is no label to refit from.'
      : `None of the ${given} labels names a choice between proposals.`,
    'Collect decisions that maintainers accepted or overrode on issues with two proposals or more, then refit again.',
  );
}

interface Sample {
  readonly rows: readonly (readonly number[])[];
  readonly chosen: number;
  readonly weight: number;
}

function toSample({ candidates, chosen, weight = 1 }: LabelledChoice): Sample[] {
  if (!(weight >= 0 && Number.isFinite(weight))) {
    throw new InputError(
      `A label has the weight ${weight}.`,
      'Weights of labels must be finite and not negative.',
    );
  }
  if (chosen === null || candidates.length < 2 || weight === 0) return [];
  if (candidates[chosen] === undefined) {
    throw new InputError(
      `A label chose candidate ${chosen} of ${candidates.length}.`,
      'Use an index into `candidates`.',
    );
  }
  return [{ rows: candidates.map((vector) => FEATURE_NAMES.map((name) => vector[name])), chosen, weight }];
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function logLikelihood({ rows, chosen }: Sample, weights: readonly number[]): number {
  return Math.log(softmax(rows.map((row) => dot(row, weights)))[chosen] ?? 0);
}

function meanLogLikelihood(samples: readonly Sample[], weights: readonly number[]): number {
  const total = samples.reduce((sum, { weight }) => sum + weight, 0);
  return samples.reduce((sum, sample) => sum + sample.weight * logLikelihood(sample, weights), 0) / total;
}

function objective(
  samples: readonly Sample[],
  point: readonly number[],
  start: readonly number[],
  precision: number,
): number {
  const fit = samples.reduce((sum, sample) => sum + sample.weight * logLikelihood(sample, point), 0);
  const distance = point.reduce((sum, value, index) => sum + (value - (start[index] ?? 0)) ** 2, 0);
  return fit - (precision * distance) / 2;
}

interface Curvature {
  readonly gradient: number[];
  /** Negative Hessian, positive definite. */
  readonly information: number[][];
}

/** Gradient `Σ v (x_chosen - x̄) - (w - w0)/sd²`, information `Σ v Cov(x) + 1/sd²`, both under the model's probabilities. */
function curvature(
  samples: readonly Sample[],
  point: readonly number[],
  start: readonly number[],
  precision: number,
): Curvature {
  const gradient = point.map((value, index) => -precision * (value - (start[index] ?? 0)));
  const information = point.map((_, row) => point.map((__, column) => (row === column ? precision : 0)));
  for (const sample of samples) addSample(sample, point, gradient, information);
  return { gradient, information };
}

function addSample(
  { rows, chosen, weight }: Sample,
  point: readonly number[],
  gradient: number[],
  information: number[][],
): void {
  const probabilities = softmax(rows.map((row) => dot(row, point)));
  const average = point.map((_, index) =>
    rows.reduce((sum, row, i) => sum + (probabilities[i] ?? 0) * (row[index] ?? 0), 0),
  );
  for (const [index, mean] of average.entries()) {
    gradient[index] = (gradient[index] ?? 0) + weight * ((rows[chosen]?.[index] ?? 0) - mean);
  }
  for (const [i, row] of rows.entries()) {
    const centred = row.map((value, index) => value - (average[index] ?? 0));
    const scale = weight * (probabilities[i] ?? 0);
    for (const [a, line] of information.entries()) {
      for (const b of line.keys()) line[b] = (line[b] ?? 0) + scale * (centred[a] ?? 0) * (centred[b] ?? 0);
    }
  }
}

interface Optimum {
  readonly point: number[];
  readonly converged: boolean;
  readonly iterations: number;
}

function newton(samples: readonly Sample[], start: readonly number[], precision: number): Optimum {
  let point = [...start];
  for (let iterations = 0; iterations < MAX_ITERATIONS; iterations += 1) {
    const { gradient, information } = curvature(samples, point, start, precision);
    if (Math.max(...gradient.map(Math.abs)) < TOLERANCE) return { point, converged: true, iterations };
    const step = solvePositiveDefinite(information, gradient);
    const next = lineSearch(samples, point, step, start, precision);
    if (next === null) return { point, converged: Math.max(...gradient.map(Math.abs)) < 1e-6, iterations };
    point = next;
  }
  return { point, converged: false, iterations: MAX_ITERATIONS };
}

/** The full Newton step, halved until the objective does not fall; null when no step helps any more. */
function lineSearch(
  samples: readonly Sample[],
  point: readonly number[],
  step: readonly number[],
  start: readonly number[],
  precision: number,
): number[] | null {
  const before = objective(samples, point, start, precision);
  for (let length = 1; length > 1e-6; length /= 2) {
    const next = point.map((value, index) => value + length * (step[index] ?? 0));
    if (objective(samples, next, start, precision) >= before) return next;
  }
  return null;
}
