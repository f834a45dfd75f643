/**
 * Does a thread touch a benchmark? By the issue's number where the benchmark names its issues, by a guarded range
 * of numbers where it does not name all of them, and by text: a run of words in common, as GPT-3's authors did it
 * (Brown et al. 2020, appendix C).
 */

import { issueText } from '../judge/prompt/messages.ts';
import type { JudgeInput } from '../judge/types.ts';
import { shingles } from './shingles.ts';

export interface Benchmark {
  readonly name: string;
  /** SHA-256 of the file it was read from, hex; null when it ships with the project. */
  readonly sha256: string | null;
  /** `owner/name` in lower case, of the guarded range. */
  readonly repositories: readonly string[];
  readonly issues: readonly { readonly repository: string | null; readonly number: number }[];
  /** Every issue of the repositories with a smaller number is taken for a part of it; null guards none. */
  readonly guardedBelow: number | null;
  /** One list of texts a task: the issue and its proposals. */
  readonly texts: readonly (readonly string[])[];
}

export type ContaminationRule = 'listed' | 'range' | 'text';

export interface Contamination {
  readonly benchmark: string;
  readonly rule: ContaminationRule;
}

/** Words of a run. Thirteen in a row are hardly ever the same by chance. */
const RUN_WORDS = 13;
/** Common runs that count as a copy: about 18 words in a row. */
const MIN_COMMON_RUNS = 6;
/** Runs that occur in this many tasks are the issue template, not the task. */
const TEMPLATE_TASKS = 3;

/** @returns how the thread touches any of the benchmarks, empty when it touches none. */
export function createDecontaminator(
  benchmarks: readonly Benchmark[],
): (thread: JudgeInput) => Contamination[] {
  const prepared = benchmarks.map((benchmark) => ({ benchmark, runs: runsOf(benchmark) }));
  return (thread) =>
    prepared.flatMap(({ benchmark, runs }) => {
      const rule = ruleFor(thread, benchmark, runs);
      return rule === null ? [] : [{ benchmark: benchmark.name, rule }];
    });
}

function ruleFor(
  thread: JudgeInput,
  benchmark: Benchmark,
  runs: ReadonlySet<number>,
): ContaminationRule | null {
  const repository = thread.repository.toLowerCase();
  const { number } = thread.issue;
  const listed = benchmark.issues.some(
    (issue) => issue.number === number && (issue.repository ?? repository).toLowerCase() === repository,
  );
  if (listed) return 'listed';
  const guarded = benchmark.repositories.includes(repository);
  if (guarded && benchmark.guardedBelow !== null && number < benchmark.guardedBelow) return 'range';
  return sharesText(thread, runs) ? 'text' : null;
}

function sharesText(thread: JudgeInput, runs: ReadonlySet<number>): boolean {
  if (runs.size === 0) return false;
  return [issueText(thread), ...thread.candidates.map(({ body }) => body)].some((text) => {
    let common = 0;
    for (const run of new Set(shingles(text, RUN_WORDS))) {
      if (runs.has(run)) common += 1;
      if (common >= MIN_COMMON_RUNS) return true;
    }
    return false;
  });
}

function runsOf({ texts }: Benchmark): ReadonlySet<number> {
  const tasks = new Map<number, number>();
  for (const task of texts) {
    for (const run of new Set(task.flatMap((text) => shingles(text, RUN_WORDS)))) {
      tasks.set(run, (tasks.get(run) ?? 0) + 1);
    }
  }
  return new Set([...tasks].filter(([, count]) => count < TEMPLATE_TASKS).map(([run]) => run));
}
