/** What a served model cost on a task, and what is said about that over all tasks. */
import { castVotes } from '../pipeline/judge/cast.ts';
import type { ModelVerdict } from '../pipeline/judge/model/judge.ts';
import type { Verdict } from '../pipeline/judge/types.ts';

/** Calls count everything: rounds, playoff, repeats and the writing of the verdict. */
export interface TaskCost {
  readonly calls: number;
  readonly failed_calls: number;
  readonly cancelled_calls: number;
  readonly votes: number;
  /** Share of the votes that agree with the forced choice, 0 to 1; null without a valid vote. */
  readonly agreement: number | null;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  /** What k whole passes would have cost; rounds left out on both sides. */
  readonly fixed_calls: number;
  readonly fixed_tokens: number;
  readonly calls_saved: number;
  readonly tokens_saved: number;
}

export interface CostFigures {
  /** Tasks that were judged without failing. */
  readonly tasks: number;
  readonly calls_per_task: number;
  readonly votes_per_task: number;
  readonly prompt_tokens_per_task: number;
  readonly completion_tokens_per_task: number;
  /** Shares of what k whole passes would have cost; below 0 when playoffs and writing cost more than was saved. */
  readonly calls_saved: number | null;
  readonly tokens_saved: number | null;
  /** Mean agreement of a task's votes, which are passes over different orders. */
  readonly vote_agreement: number | null;
  /** Share of tasks whose choice changes when the display orders do; null when they were not judged again. */
  readonly flip_rate: number | null;
  readonly reordered_tasks: number;
}

/** Null for a judge that makes no calls. */
export function costOf(verdict: Verdict): TaskCost | null {
  if (!('stats' in verdict)) return null;
  const { stats } = verdict as ModelVerdict;
  return {
    calls: stats.calls,
    failed_calls: stats.failedCalls,
    cancelled_calls: stats.cancelledCalls,
    votes: stats.votes,
    agreement: agreementOf(verdict),
    prompt_tokens: stats.promptTokens,
    completion_tokens: stats.completionTokens,
    fixed_calls: stats.fixedCalls,
    fixed_tokens: stats.fixedTokens,
    calls_saved: stats.callsSaved,
    tokens_saved: stats.tokensSaved,
  };
}

function agreementOf(verdict: Verdict): number | null {
  const valid = castVotes(verdict.votes).filter(({ error }) => error === null);
  const agreeing = valid.filter(({ chosen }) => chosen === verdict.forcedChoice);
  return valid.length === 0 ? null : agreeing.length / valid.length;
}

interface Costed {
  readonly cost: TaskCost | null;
  readonly flipped: boolean | null;
}

/** Null when no task has a cost. */
export function costFigures(results: readonly Costed[]): CostFigures | null {
  const costs = results.flatMap(({ cost }) => (cost === null ? [] : [cost]));
  if (costs.length === 0) return null;
  const total = (value: (cost: TaskCost) => number) => costs.reduce((sum, cost) => sum + value(cost), 0);
  const mean = (value: (cost: TaskCost) => number) => total(value) / costs.length;
  const saved = (part: number, whole: number) => (whole > 0 ? part / whole : null);
  const agreements = costs.flatMap(({ agreement }) => (agreement === null ? [] : [agreement]));
  const again = results.flatMap(({ flipped }) => (flipped === null ? [] : [flipped]));
  return {
    tasks: costs.length,
    calls_per_task: mean(({ calls }) => calls),
    votes_per_task: mean(({ votes }) => votes),
    prompt_tokens_per_task: mean((cost) => cost.prompt_tokens),
    completion_tokens_per_task: mean((cost) => cost.completion_tokens),
    calls_saved: saved(
      total((cost) => cost.calls_saved),
      total((cost) => cost.fixed_calls),
    ),
    tokens_saved: saved(
      total((cost) => cost.tokens_saved),
      total((cost) => cost.fixed_tokens),
    ),
    vote_agreement: saved(
      agreements.reduce((sum, share) => sum + share, 0),
      agreements.length,
    ),
    flip_rate: saved(again.filter(Boolean).length, again.length),
    reordered_tasks: again.length,
  };
}
