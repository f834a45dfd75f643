/**
 * Newton's method for the conditional logit with a normal prior. The objective is strictly concave, so there is one
 * maximum and the matrix of each step is positive definite.
 */
import { softmax } from '../logit.ts';
import type { Sample } from './labels.ts';
import { solvePositiveDefinite } from './linear.ts';

export interface Problem {
  readonly samples: readonly Sample[];
  /** The prior's mean, from which the search starts. */
  readonly start: readonly number[];
  /** One over the prior's variance, for each component. */
  readonly precision: readonly number[];
}

export interface Optimum {
  readonly point: number[];
  /** Whether the largest component of the gradient came under `TOLERANCE`. */
  readonly converged: boolean;
  readonly iterations: number;
}

const TOLERANCE = 1e-8;
/** Where rounding lets no step help any more, a gradient as small as this is the maximum, too. */
const ROUNDING_TOLERANCE = 1e-6;
const MAX_ITERATIONS = 50;

export function maximise(problem: Problem): Optimum {
  let point = [...problem.start];
  for (let iterations = 0; iterations < MAX_ITERATIONS; iterations += 1) {
    const { gradient, information } = curvature(problem, point);
    const steepest = Math.max(...gradient.map(Math.abs));
    if (steepest < TOLERANCE) return { point, converged: true, iterations };
    const next = lineSearch(problem, point, solvePositiveDefinite(information, gradient));
    if (next === null) return { point, converged: steepest < ROUNDING_TOLERANCE, iterations };
    point = next;
  }
  return { point, converged: false, iterations: MAX_ITERATIONS };
}

/** The full Newton step, halved until the objective does not fall; null when no step helps any more. */
function lineSearch(problem: Problem, point: readonly number[], step: readonly number[]): number[] | null {
  const before = objective(problem, point);
  for (let length = 1; length > 1e-6; length /= 2) {
    const next = point.map((value, index) => value + length * (step[index] ?? 0));
    if (objective(problem, next) >= before) return next;
  }
  return null;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function logLikelihood({ rows, chosen }: Sample, weights: readonly number[]): number {
  return Math.log(softmax(rows.map((row) => dot(row, weights)))[chosen] ?? 0);
}

/** By sample weight, in nats. */
export function meanLogLikelihood(samples: readonly Sample[], weights: readonly number[]): number {
  const total = samples.reduce((sum, { weight }) => sum + weight, 0);
  return samples.reduce((sum, sample) => sum + sample.weight * logLikelihood(sample, weights), 0) / total;
}

function objective({ samples, start, precision }: Problem, point: readonly number[]): number {
  const fit = samples.reduce((sum, sample) => sum + sample.weight * logLikelihood(sample, point), 0);
  const penalty = point.reduce(
    (sum, value, index) => sum + (precision[index] ?? 0) * (value - (start[index] ?? 0)) ** 2,
    0,
  );
  return fit - penalty / 2;
}

interface Curvature {
  readonly gradient: number[];
  /** Negative Hessian, positive definite; its lower triangle, which is all that Cholesky's method reads. */
  readonly information: number[][];
}

/** Gradient `Σ v (x_chosen - x̄) - (w - w0)/sd²`, information `Σ v Cov(x) + 1/sd²`, both under the model's probabilities. */
function curvature({ samples, start, precision }: Problem, point: readonly number[]): Curvature {
  const gradient = point.map((value, index) => -(precision[index] ?? 0) * (value - (start[index] ?? 0)));
  const information = point.map((_, row) => [...Array<number>(row).fill(0), precision[row] ?? 0]);
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
    addSquare(information, centred, weight * (probabilities[i] ?? 0));
  }
}

/** Adds `scale · v vᵀ` to a lower triangle: plain loops, for a refit spends nearly all of its time here. */
function addSquare(triangle: readonly number[][], vector: readonly number[], scale: number): void {
  for (let row = 0; row < vector.length; row += 1) {
    const line = triangle[row] as number[];
    const factor = scale * (vector[row] as number);
    for (let column = 0; column <= row; column += 1) {
      line[column] = (line[column] as number) + factor * (vector[column] as number);
    }
  }
}
