/** Where is the judge good and where not? Small slices have wide intervals: they are read, not ranked. */

import { quantile } from '../statistics/bootstrap.ts';
import { type Interval, wilson } from '../statistics/interval.ts';
import { baselines, count, share } from './metrics.ts';
import type { TaskResult } from './run.ts';

export interface SliceRow {
  readonly slice: string;
  readonly tasks: number;
  readonly correct: number;
  readonly accuracy: number;
  readonly accuracy_interval: Interval;
  /** Accuracies on the same tasks, 0 to 1. */
  readonly random: number;
  readonly first: number;
  readonly longest: number;
  readonly abstained: number;
}

export interface SliceTable {
  readonly by: string;
  readonly rows: readonly SliceRow[];
}

/** Each table covers every task once; rows without tasks are left out. */
export function sliceTables(results: readonly TaskResult[]): SliceTable[] {
  const lengths = results.map((result) => result.text_length).toSorted((a, b) => a - b);
  const low = Math.round(quantile(lengths, 1 / 3));
  const high = Math.round(quantile(lengths, 2 / 3));
  return [
    table('number of proposals', results, [
      ...[2, 3, 4, 5, 6].map((n) => slice(String(n), ({ proposals }) => proposals === n)),
      slice('7 or more', ({ proposals }) => proposals >= 7),
      slice('1', ({ proposals }) => proposals <= 1),
    ]),
    table('position of the answer', results, [
      slice('first', isFirst),
      slice('in between', isBetween),
      slice('last', isLast),
    ]),
    table('length of the answer among the proposals', results, [
      slice('longest', (result) => result.answer_length_rank === 1),
      slice('in between', ({ answer_length_rank: rank, proposals }) => rank > 1 && rank < proposals),
      slice('shortest', ({ answer_length_rank: rank, proposals }) => rank > 1 && rank === proposals),
    ]),
    table('length of all proposals, characters', results, [
      slice(`up to ${low}`, (result) => result.text_length <= low),
      slice(`${low + 1} to ${high}`, (result) => result.text_length > low && result.text_length <= high),
      slice(`over ${high}`, (result) => result.text_length > high),
    ]),
  ].filter(({ rows }) => rows.length > 0);
}

interface Slice {
  readonly name: string;
  readonly holds: (result: TaskResult) => boolean;
}

function slice(name: string, holds: Slice['holds']): Slice {
  return { name, holds };
}

function isFirst({ answer, first }: TaskResult): boolean {
  return first !== null && answer.includes(first);
}

/** Numbers run from 1 in the order shown wherever tasks are read. */
function isLast(result: TaskResult): boolean {
  return !isFirst(result) && result.answer.includes(result.proposals);
}

function isBetween(result: TaskResult): boolean {
  return !isFirst(result) && !isLast(result);
}

function table(by: string, results: readonly TaskResult[], slices: readonly Slice[]): SliceTable {
  return { by, rows: slices.flatMap(({ name, holds }) => row(name, results.filter(holds))) };
}

function row(name: string, results: readonly TaskResult[]): SliceRow[] {
  if (results.length === 0) return [];
  const correct = count(results, (result) => result.correct);
  const rules = baselines(results);
  return [
    {
      slice: name,
      tasks: results.length,
      correct,
      accuracy: share(correct, results.length) ?? 0,
      accuracy_interval: wilson(correct, results.length),
      random: rules.random.accuracy,
      first: rules.first.accuracy,
      longest: rules.longest.accuracy,
      abstained: count(results, ({ abstained }) => abstained),
    },
  ];
}
