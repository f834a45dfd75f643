/** Runs a judge over tasks and scores each. */
import { isGarbled } from '../errors.ts';
import { checkVerdict } from '../pipeline/decision/check-verdict.ts';
import type { Judge, Verdict } from '../pipeline/judge/types.ts';
import { costOf, type TaskCost } from './cost.ts';
import { inParallel } from './in-parallel.ts';
import { longest, textLength } from './rules.ts';
import type { BenchTask } from './task.ts';

/** One line of the per-task JSONL. Candidates are named by their numbers, from 1 in the order shown. */
export interface TaskResult {
  readonly id: string;
  readonly proposals: number;
  /** Every number that counts as right. */
  readonly answer: readonly number[];
  /** What the judge chose; null when it abstained or failed. */
  readonly chosen: number | null;
  /** What it would have chosen had it had to: this is scored. Null when it failed. */
  readonly forced: number | null;
  readonly correct: boolean;
  readonly abstained: boolean;
  /** How sure it is of the forced choice, 0 to 1; 0 when the judge failed. */
  readonly confidence: number;
  /** Of each proposal, in the order shown; empty where the judge gave none. */
  readonly probabilities: readonly number[];
  /** US dollars; null where the task states none. */
  readonly price: number | null;
  readonly seconds: number;
  /** Why the judge failed; null when it answered. */
  readonly error: string | null;
  readonly first: number | null;
  readonly longest: number | null;
  /** Code points of all proposals together. */
  readonly text_length: number;
  /** 1 when the answer is the longest proposal, 2 the next, and so on; of several answers that of the longest. */
  readonly answer_length_rank: number;
  /** Calls and tokens; null for a judge that makes no calls. */
  readonly cost: TaskCost | null;
  /** Whether the choice changed when it was judged again in other display orders; null when it was not. */
  readonly flipped: boolean | null;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Called before each task. */
  readonly onTask?: (done: number, task: BenchTask) => void;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** Tasks under way at a time; 1 when left out. */
  readonly concurrency?: number;
  /** Judges every task again, in other display orders. */
  readonly reordered?: Judge;
  /** An outage ends the run, where otherwise its task counts as wrong like any that the judge failed. */
  readonly endsOnOutage?: boolean;
}

/**
 * Results in the order of the tasks. A judge that throws, or whose verdict contradicts its input, counts as wrong.
 * @throws the signal's reason when aborted; what the judge throws where outages end the run
 */
export async function runBench(
  judge: Judge,
  tasks: readonly BenchTask[],
  options: RunOptions = {},
): Promise<TaskResult[]> {
  const results: TaskResult[] = [];
  let done = 0;
  await inParallel(tasks, options.concurrency ?? 1, async (task, index) => {
    options.signal?.throwIfAborted();
    options.onTask?.(done, task);
    results[index] = await judgeTask(judge, task, options);
    done += 1;
  });
  return results;
}

async function judgeTask(judge: Judge, task: BenchTask, options: RunOptions): Promise<TaskResult> {
  const { reordered, now = () => performance.now() } = options;
  const started = now();
  const outcome = await attempt(judge, task, options);
  const result = score(task, outcome, (now() - started) / 1000);
  if (reordered === undefined || result.forced === null) return result;
  const again = await attempt(reordered, task, options);
  return { ...result, flipped: 'verdict' in again ? forcedOf(again.verdict) !== result.forced : null };
}

function forcedOf(verdict: Verdict | null): number | null {
  return verdict?.forcedChoice ?? verdict?.chosen ?? null;
}

type Outcome = { readonly verdict: Verdict } | { readonly error: string };

async function attempt(
  judge: Judge,
  task: BenchTask,
  { signal, endsOnOutage = false }: RunOptions,
): Promise<Outcome> {
  try {
    const verdict = await judge.judge(task.input, signal ? { signal } : {});
    checkVerdict(verdict, task.input);
    return { verdict };
  } catch (error) {
    signal?.throwIfAborted();
    if (endsOnOutage && !isGarbled(error)) throw error;
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

function score({ id, input, answer }: BenchTask, outcome: Outcome, seconds: number): TaskResult {
  const verdict = 'verdict' in outcome ? outcome.verdict : null;
  const forced = forcedOf(verdict);
  const lengths = input.candidates.map(textLength);
  return {
    id,
    proposals: input.candidates.length,
    answer: answer.numbers,
    chosen: verdict?.chosen ?? null,
    forced,
    correct: forced !== null && answer.numbers.includes(forced),
    abstained: verdict?.abstained ?? false,
    confidence: verdict === null ? 0 : confidenceIn(forced, verdict),
    probabilities: probabilities(input.candidates, verdict),
    price: answer.price,
    seconds,
    error: 'error' in outcome ? outcome.error : null,
    first: input.candidates[0]?.number ?? null,
    longest: longest(input.candidates)?.number ?? null,
    text_length: lengths.reduce((sum, length) => sum + length, 0),
    answer_length_rank: Math.min(
      ...input.candidates.flatMap(({ number }, index) =>
        answer.numbers.includes(number) ? [lengthRank(lengths, index)] : [],
      ),
    ),
    cost: verdict === null ? null : costOf(verdict),
    flipped: null,
  };
}

/** A judge that abstains may be sure that none is acceptable: that says nothing for the one it would take. */
function confidenceIn(forced: number | null, { abstained, assessments, confidence }: Verdict): number {
  const own = abstained ? assessments.find(({ number }) => number === forced) : undefined;
  return own === undefined ? confidence : Math.min(confidence, own.probability);
}

function probabilities(candidates: BenchTask['input']['candidates'], verdict: Verdict | null): number[] {
  const found = new Map(verdict?.assessments.map(({ number, probability }) => [number, probability]));
  const shares = candidates.map(({ number }) => found.get(number));
  return shares.every((share) => share !== undefined) ? shares : [];
}

function lengthRank(lengths: readonly number[], answer: number): number {
  const own = lengths[answer] ?? 0;
  return 1 + lengths.filter((length, index) => length > own || (length === own && index < answer)).length;
}
