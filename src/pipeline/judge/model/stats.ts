/** What a judgement cost, and what adaptive votes saved. */
import type { ModelVote } from './pass.ts';

export interface VoteStats {
  /** Calls of the model, retries, rounds, playoff and writer included. */
  readonly calls: number;
  readonly failedCalls: number;
  /** Answers cancelled once the id was there. */
  readonly cancelledCalls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Passes that were part of the vote. */
  readonly votes: number;
  /** What fixed voting would have cost: k passes, each written to its end. */
  readonly fixedCalls: number;
  readonly fixedTokens: number;
  /** Fixed less actual; below 0 when playoff, writer or retries cost more than was saved. Rounds left out. */
  readonly callsSaved: number;
  readonly tokensSaved: number;
}

/** `k` votes at most. Tokens of a full pass are the mean of those that ran to their end. */
export function statsOf(votes: readonly ModelVote[], k: number): VoteStats {
  const tokens = (vote: ModelVote) => (vote.promptTokens ?? 0) + (vote.completionTokens ?? 0);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const last = votes.filter((vote) => vote.kind !== 'group');
  const whole = last.filter((vote) => vote.error === null && !vote.cancelled && vote.kind !== 'playoff');
  const fullPass = whole.length === 0 ? 0 : sum(whole.map(tokens)) / whole.length;
  const spent = sum(last.map(tokens));
  const fixedTokens = Math.round(fullPass * k);
  return {
    calls: votes.length,
    failedCalls: votes.filter((vote) => vote.error !== null).length,
    cancelledCalls: votes.filter((vote) => vote.cancelled).length,
    promptTokens: sum(votes.map((vote) => vote.promptTokens ?? 0)),
    completionTokens: sum(votes.map((vote) => vote.completionTokens ?? 0)),
    votes: votes.filter((vote) => vote.kind === 'vote' && vote.attempt === 0).length,
    fixedCalls: k,
    fixedTokens,
    callsSaved: k - last.length,
    tokensSaved: fixedTokens - spent,
  };
}
