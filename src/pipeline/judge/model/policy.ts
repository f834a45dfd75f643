/** How the model is asked: votes, sampling and the switches of the ablations. */
import { DEFAULT_BUDGET, type TokenBudget } from '../prompt/pack.ts';
import type { StopRule } from './posterior.ts';

export interface VotePolicy extends StopRule {
  /** Votes in each group of a round, at most. */
  readonly groupVotes: number;
  /** The leader is ahead by at most this many votes: too close, a playoff decides. 0 for ties only. */
  readonly closeMargin: number;
  /** False: too close is an abstention at once. */
  readonly playoff: boolean;
  /** What happens to names, paths and links in the golden proposal that nobody wrote. */
  readonly grounding: 'off' | 'mark' | 'redo';
  /** Ask once more for a choice when every vote was for none, so that benchmarks have one. */
  readonly force: boolean;
}

export const DEFAULT_POLICY: VotePolicy = {
  votes: 5,
  adaptive: true,
  threshold: 0.95,
  groupVotes: 3,
  closeMargin: 1,
  playoff: true,
  grounding: 'redo',
  force: true,
};

/** Everything is on unless it is switched off. */
export interface Switches {
  /** Off: posting order in every pass. */
  readonly shuffling: boolean;
  /** Off: one pass. */
  readonly votes: boolean;
  readonly thinking: boolean;
  readonly explanation: boolean;
  readonly goldenProposal: boolean;
  /** Off: texts as posted, without marks, stripping and neutralising. */
  readonly defences: boolean;
}

export const ALL_ON: Switches = {
  shuffling: true,
  votes: true,
  thinking: true,
  explanation: true,
  goldenProposal: true,
  defences: true,
};

export interface Sampling {
  readonly temperature: number;
  readonly topP: number;
}

/** Qwen3's own recommendation, with and without thinking (model card, "Best Practices"). */
export const QWEN3_SAMPLING = {
  thinking: { temperature: 0.6, topP: 0.95 },
  plain: { temperature: 0.7, topP: 0.8 },
} as const satisfies Record<string, Sampling>;

export interface ModelSettings {
  readonly policy: VotePolicy;
  readonly switches: Switches;
  readonly budget: TokenBudget;
  readonly sampling: Sampling;
}

export interface ModelSettingsInput {
  readonly policy?: Partial<VotePolicy>;
  readonly ablate?: readonly (keyof Switches)[];
  readonly budget?: Partial<TokenBudget>;
  readonly sampling?: Sampling;
}

/**
 * Fills in the defaults.
 * @throws RangeError when votes are no whole number above 0 or the threshold is not between 0.5 and 1.
 */
export function resolveSettings(input: ModelSettingsInput): ModelSettings {
  const ablated = (input.ablate ?? []).map((name) => [name, false]);
  const switches: Switches = { ...ALL_ON, ...Object.fromEntries(ablated) };
  const given = { ...DEFAULT_POLICY, ...input.policy };
  const policy = switches.votes ? given : { ...given, votes: 1, groupVotes: 1 };
  if (![policy.votes, policy.groupVotes].every((count) => Number.isInteger(count) && count > 0)) {
    throw new RangeError(
      `Votes must be whole numbers above 0, not ${policy.votes} and ${policy.groupVotes}.`,
    );
  }
  if (!(policy.threshold > 0.5 && policy.threshold <= 1)) {
    throw new RangeError(`The threshold must be above 0.5 and at most 1, not ${policy.threshold}.`);
  }
  return {
    policy,
    switches,
    budget: { ...DEFAULT_BUDGET, ...input.budget },
    sampling: input.sampling ?? (switches.thinking ? QWEN3_SAMPLING.thinking : QWEN3_SAMPLING.plain),
  };
}

/** Name of the policy: equal names mean that confidences may be compared (and calibrated together). */
export function policyName({ policy, switches, budget, sampling }: ModelSettings): string {
  const words = [
    `k=${policy.votes}`,
    policy.votes > 1 && (policy.adaptive ? `adaptive@${policy.threshold}` : 'fixed'),
    switches.shuffling ? 'shuffled' : 'posting-order',
    policy.votes > 1 && (policy.playoff ? `playoff<=${policy.closeMargin}` : `close<=${policy.closeMargin}`),
    switches.thinking ? 'thinking' : 'no-thinking',
    `t=${sampling.temperature}`,
    !isDefault(budget, switches) && `tokens=${budget.prompt}+${budget.thinking}+${budget.answer}`,
  ];
  return words.filter((word) => word !== false).join(' ');
}

function isDefault(budget: TokenBudget, { thinking }: Switches): boolean {
  const { prompt, thinking: thoughts, answer } = DEFAULT_BUDGET;
  return budget.prompt === prompt && budget.answer === answer && (!thinking || budget.thinking === thoughts);
}
