/**
 * One task of a benchmark, split in two: what a judge may read, and what only the scoring may know.
 * Nothing in `input` is derived from `answer`.
 */
import type { JudgeInput } from '../pipeline/judge/types.ts';

export interface BenchAnswer {
  /** Numbers (as in `input.candidates`) of the proposals that the maintainers chose; at least one. */
  readonly numbers: readonly number[];
  /** What the task pays, in US dollars; null where the source states none. */
  readonly price: number | null;
}

export interface BenchTask {
  /** The benchmark's own id, unique in the file. */
  readonly id: string;
  readonly input: JudgeInput;
  readonly answer: BenchAnswer;
  /** The benchmark's own id of each candidate, in the order of `input.candidates`. */
  readonly candidateIds: readonly string[];
}

/** What is left out of a file, and why, in plain words with a count. */
export interface Skipped {
  readonly reason: string;
  readonly count: number;
}

export interface TaskFile {
  readonly format: 'swe-lancer-csv' | 'labelled-threads' | 'judge-threads';
  readonly tasks: readonly BenchTask[];
  readonly skipped: readonly Skipped[];
}
