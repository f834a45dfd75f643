/** Is one judge better than another? Both ran on the same tasks, so every comparison is paired. */
import { InputError } from '../errors.ts';
import { bootstrapInterval } from '../statistics/bootstrap.ts';
import type { Interval } from '../statistics/interval.ts';
import { ALPHA, exactMcNemar, minimumDetectableEffect, POWER } from '../statistics/mcnemar.ts';
import { seeded } from '../statistics/random.ts';
import { count, share, sum } from './metrics.ts';
import type { ResultLine, ResultsFile } from './results-file.ts';

export interface Side {
  readonly name: string;
  /** 0 to 1, over the shared tasks. */
  readonly accuracy: number;
  /** US dollars. */
  readonly dollars: number;
}

export interface Comparison {
  readonly a: Side;
  readonly b: Side;
  /** Tasks that both files hold; others are left out. */
  readonly tasks: number;
  readonly only_in_a: number;
  readonly only_in_b: number;
  readonly dollars_total: number;
  readonly both_right: number;
  readonly only_a_right: number;
  readonly only_b_right: number;
  readonly both_wrong: number;
  /** Exact McNemar, two-sided. */
  readonly p_value: number;
  /** B minus A, -1 to 1; interval by paired bootstrap over tasks, 95 %. */
  readonly accuracy_difference: number;
  readonly accuracy_difference_interval: Interval | null;
  /** B minus A, US dollars; the interval is null when no task states a price. */
  readonly dollars_difference: number;
  readonly dollars_difference_interval: Interval | null;
  /** Smallest true difference in accuracy that this many tasks would show; null when none would. */
  readonly minimum_detectable_effect: number | null;
  readonly alpha: number;
  readonly power: number;
  readonly seed: number;
}

/** @throws InputError when the files share no task, or disagree about a task's price or answer */
export function compare(a: ResultsFile, b: ResultsFile, seed: number): Comparison {
  const pairs = pair(a, b);
  const prices = pairs.map(({ left, right }) => left.price ?? right.price ?? 0);
  const gains = pairs.map(({ left, right }) => Number(right.correct) - Number(left.correct));
  const dollarGains = gains.map((gain, index) => gain * (prices[index] ?? 0));
  const onlyA = count(gains, (gain) => gain < 0);
  const onlyB = count(gains, (gain) => gain > 0);
  return {
    a: sideOf(
      a.name,
      pairs.map(({ left }) => left.correct),
      prices,
    ),
    b: sideOf(
      b.name,
      pairs.map(({ right }) => right.correct),
      prices,
    ),
    tasks: pairs.length,
    only_in_a: a.results.length - pairs.length,
    only_in_b: b.results.length - pairs.length,
    dollars_total: sum(prices),
    both_right: count(pairs, ({ left, right }) => left.correct && right.correct),
    only_a_right: onlyA,
    only_b_right: onlyB,
    both_wrong: count(pairs, ({ left, right }) => !left.correct && !right.correct),
    p_value: exactMcNemar(onlyA, onlyB),
    accuracy_difference: sum(gains) / pairs.length,
    accuracy_difference_interval: bootstrapInterval(
      gains,
      gains.map(() => 1),
      seeded(seed),
    ),
    dollars_difference: sum(dollarGains),
    dollars_difference_interval: sum(prices) > 0 ? bootstrapInterval(dollarGains, null, seeded(seed)) : null,
    minimum_detectable_effect: minimumDetectableEffect(pairs.length, (onlyA + onlyB) / pairs.length),
    alpha: ALPHA,
    power: POWER,
    seed,
  };
}

interface Pair {
  readonly left: ResultLine;
  readonly right: ResultLine;
}

function pair(a: ResultsFile, b: ResultsFile): Pair[] {
  const byId = new Map(b.results.map((result) => [result.id, result]));
  const pairs = a.results.flatMap((left) => {
    const right = byId.get(left.id);
    return right === undefined ? [] : [{ left, right }];
  });
  if (pairs.length === 0) {
    throw new InputError(`${a.name} and ${b.name} share no task.`, 'Compare runs on the same file.');
  }
  const odd = pairs.find(
    ({ left, right }) => differs(left.price, right.price) || differs(left.answer, right.answer),
  );
  if (odd !== undefined) {
    throw new InputError(
      `${a.name} and ${b.name} disagree about what task ${odd.left.id} pays or what its answer is.`,
      'Compare runs on the same file.',
    );
  }
  return pairs;
}

/** False where one side does not say. */
function differs(a: unknown, b: unknown): boolean {
  return a !== null && b !== null && JSON.stringify(a) !== JSON.stringify(b);
}

function sideOf(name: string, correct: readonly boolean[], prices: readonly number[]): Side {
  return {
    name,
    accuracy: share(count(correct, Boolean), correct.length) ?? 0,
    dollars: sum(correct.map((right, index) => (right ? (prices[index] ?? 0) : 0))),
  };
}
