/** From per-task results to what is said about a judge. Pure; shares are from 0 to 1, dollars are US dollars. */

import { bootstrapInterval } from '../statistics/bootstrap.ts';
import {
  brierScore,
  expectedCalibrationError,
  type ReliabilityBin,
  reliability,
} from '../statistics/calibration.ts';
import { type Interval, wilson } from '../statistics/interval.ts';
import { seeded } from '../statistics/random.ts';
import { aurc, bestAurc, type RiskPoint, riskCoverage } from '../statistics/risk-coverage.ts';
import { type CostFigures, costFigures } from './cost.ts';
import type { TaskResult } from './run.ts';

export interface Baseline {
  readonly accuracy: number;
  /** Null when no task states a price. */
  readonly earn_rate: number | null;
}

/** What `--json` prints first, in this order. */
export interface Headline {
  readonly judge: string;
  readonly tasks: number;
  /** Of the forced choice. */
  readonly accuracy: number;
  /** Wilson, 95 %. */
  readonly accuracy_interval: Interval;
  /** Dollars of tasks got right by all dollars; null when no task states a price. */
  readonly earn_rate: number | null;
  /** Percentile bootstrap over tasks, 95 %. */
  readonly earn_rate_interval: Interval | null;
  readonly dollars: number;
  readonly dollars_total: number;
  readonly seconds_per_task: number;
  /** Expected values over random choice, and the rules that take the first and the longest proposal. */
  readonly baselines: { readonly random: Baseline; readonly first: Baseline; readonly longest: Baseline };
}

export interface Abstentions {
  readonly tasks: number;
  /** Accuracy where the judge did choose; null when it never did. */
  readonly accuracy_when_chosen: number | null;
  readonly accuracy_when_chosen_interval: Interval;
  /** Accuracy of the forced choice where it abstained; null when it never did. */
  readonly accuracy_when_abstained: number | null;
  readonly accuracy_when_abstained_interval: Interval;
}

export interface Summary extends Headline {
  readonly seed: number;
  readonly correct: number;
  readonly failures: number;
  readonly abstentions: Abstentions;
  readonly dollars_interval: Interval | null;
  /** The dearest task's share of all dollars, and the earn rate without it; null when no task states a price. */
  readonly largest_task: {
    readonly id: string;
    readonly share: number;
    readonly earn_rate_without: number;
  } | null;
  /** Area under the risk-coverage curve, the least possible with as many errors, and that of a random order. */
  readonly aurc: number;
  readonly aurc_best: number;
  readonly aurc_random: number;
  /** Null when every task failed. */
  readonly ece: number | null;
  readonly brier: number | null;
  readonly risk_coverage: readonly RiskPoint[];
  readonly reliability: readonly ReliabilityBin[];
  /** Calls, tokens and the flip rate of a served model; null for a judge that makes no calls. */
  readonly model: CostFigures | null;
}

/**
 * @param judge its name
 * @param seed of the bootstrap
 */
export function summarise(judge: string, results: readonly TaskResult[], seed: number): Summary {
  const scored = scores(results, ({ correct }) => correct, seed);
  const errors = results.length - scored.correct;
  const points = riskCoverage(results);
  // Without an answer there is no confidence: failures would pass for wrong answers that were called wrong.
  const answered = results.filter(({ error }) => error === null);
  const bins = reliability(answered);
  return {
    judge,
    tasks: results.length,
    accuracy: scored.accuracy,
    accuracy_interval: scored.accuracy_interval,
    earn_rate: scored.earn_rate,
    earn_rate_interval: scored.earn_rate_interval,
    dollars: scored.dollars,
    dollars_total: sum(results.map(({ price }) => price ?? 0)),
    seconds_per_task: share(sum(results.map(({ seconds }) => seconds)), results.length) ?? 0,
    baselines: baselines(results),
    seed,
    correct: scored.correct,
    failures: count(results, ({ error }) => error !== null),
    abstentions: abstentions(results),
    dollars_interval: scored.dollars_interval,
    largest_task: largestTask(results),
    aurc: aurc(points) ?? 0,
    aurc_best: bestAurc(results.length, errors) ?? 0,
    aurc_random: share(errors, results.length) ?? 0,
    ece: expectedCalibrationError(bins),
    brier: brierScore(answered),
    risk_coverage: points,
    reliability: bins,
    model: costFigures(results),
  };
}

/** Accuracy and earnings with their 95 % intervals: Wilson's, and the percentile bootstrap over tasks. */
export interface Scores {
  readonly correct: number;
  readonly accuracy: number;
  readonly accuracy_interval: Interval;
  readonly earn_rate: number | null;
  readonly earn_rate_interval: Interval | null;
  readonly dollars: number;
  readonly dollars_interval: Interval | null;
}

/** How a rule would have done on the same tasks. @param choice the number that it takes */
export function measureRule(
  results: readonly TaskResult[],
  choice: (result: TaskResult) => number | null,
  seed: number,
): Scores {
  return scores(results, (result) => takes(choice(result), result), seed);
}

function scores(
  results: readonly TaskResult[],
  isRight: (result: TaskResult) => boolean,
  seed: number,
): Scores {
  const correct = count(results, isRight);
  const prices = results.map(({ price }) => price ?? 0);
  const earned = results.map((result, index) => (isRight(result) ? (prices[index] ?? 0) : 0));
  return {
    correct,
    accuracy: share(correct, results.length) ?? 0,
    accuracy_interval: wilson(correct, results.length),
    earn_rate: share(sum(earned), sum(prices)),
    earn_rate_interval: bootstrapInterval(earned, prices, seeded(seed)),
    dollars: sum(earned),
    dollars_interval: sum(prices) > 0 ? bootstrapInterval(earned, null, seeded(seed)) : null,
  };
}

function takes(number: number | null, { answer }: TaskResult): boolean {
  return number !== null && answer.includes(number);
}

export function baselines(results: readonly TaskResult[]): Headline['baselines'] {
  return {
    random: baseline(results, ({ answer, proposals }) => share(answer.length, proposals) ?? 0),
    first: baseline(results, (result) => Number(takes(result.first, result))),
    longest: baseline(results, (result) => Number(takes(result.longest, result))),
  };
}

/** @param chance that the rule gets a task right, 0 to 1 */
function baseline(results: readonly TaskResult[], chance: (result: TaskResult) => number): Baseline {
  const earned = results.map((result) => chance(result) * (result.price ?? 0));
  return {
    accuracy: share(sum(results.map(chance)), results.length) ?? 0,
    earn_rate: share(sum(earned), sum(results.map(({ price }) => price ?? 0))),
  };
}

function abstentions(results: readonly TaskResult[]): Abstentions {
  const chose = results.filter(({ abstained, error }) => !abstained && error === null);
  const abstained = results.filter((result) => result.abstained);
  const right = (some: readonly TaskResult[]) => count(some, (result) => result.correct);
  return {
    tasks: abstained.length,
    accuracy_when_chosen: share(right(chose), chose.length),
    accuracy_when_chosen_interval: wilson(right(chose), chose.length),
    accuracy_when_abstained: share(right(abstained), abstained.length),
    accuracy_when_abstained_interval: wilson(right(abstained), abstained.length),
  };
}

function largestTask(results: readonly TaskResult[]): Summary['largest_task'] {
  const total = sum(results.map(({ price }) => price ?? 0));
  const [largest] = results.toSorted((a, b) => (b.price ?? 0) - (a.price ?? 0));
  const others = results.filter((result) => result !== largest);
  const rest = sum(others.map(({ price }) => price ?? 0));
  if (largest === undefined || rest <= 0) return null;
  const earned = sum(others.map(({ price, correct }) => (correct ? (price ?? 0) : 0)));
  return { id: largest.id, share: (largest.price ?? 0) / total, earn_rate_without: earned / rest };
}

/** Null when there is nothing to divide by. */
export function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function count<T>(values: readonly T[], holds: (value: T) => boolean): number {
  return values.filter(holds).length;
}
