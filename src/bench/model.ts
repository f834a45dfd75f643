/** The served model as a judge to be benched, with the switches of the ablations. */
import type { InferenceConfig } from '../config/inference.ts';
import { openInference } from '../context.ts';
import { ConfigError } from '../errors.ts';
import { createModelJudge, type ModelJudgeOptions } from '../pipeline/judge/model/judge.ts';
import { ALL_ON, type Switches, type VotePolicy } from '../pipeline/judge/model/policy.ts';
import type { Judge, JudgeInput } from '../pipeline/judge/types.ts';

/** What can be switched off, as `--ablate` spells it; `adaptive` casts all votes whatever they say. */
export const ABLATIONS: readonly string[] = [
  ...Object.keys(ALL_ON).map((name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)),
  'adaptive',
  'playoff',
];

export interface ModelChoice {
  readonly inference: InferenceConfig;
  /** Votes at most; those of the configuration when left out. */
  readonly votes?: number;
  /** Names out of `ABLATIONS`. */
  readonly ablate?: readonly string[];
  /** Another served model than the configured one. */
  readonly model?: string;
  /** Seeds the display orders and the sampling. */
  readonly seed: number;
}

export interface BenchedModel {
  readonly judge: Judge;
  /** The same judge with other display orders and the same everything else. */
  readonly reordered: Judge;
  close(): Promise<void>;
}

/** @throws ConfigError for an ablation that does not exist. */
export function openBenchedModel(choice: ModelChoice): BenchedModel {
  const client = openInference(choice.inference);
  const judge = (name: string) => createModelJudge(judgeOptions(choice, client, name));
  return { judge: judge('bench'), reordered: judge('reordered'), close: () => client.close() };
}

function judgeOptions(
  { inference, votes, ablate = [], model, seed }: ModelChoice,
  client: ModelJudgeOptions['client'],
  orders: string,
): ModelJudgeOptions {
  const unknown = ablate.find((name) => !ABLATIONS.includes(name));
  if (unknown !== undefined) {
    throw new ConfigError(`Nothing is called “${unknown}”.`, `Ablate some of: ${ABLATIONS.join(', ')}.`);
  }
  const policy: Partial<VotePolicy> = {
    votes: votes ?? inference.votes,
    ...(ablate.includes('adaptive') ? { adaptive: false } : {}),
    ...(ablate.includes('playoff') ? { playoff: false } : {}),
  };
  const named = ablate.map((name) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()));
  const switches = named.filter((name): name is keyof Switches => name in ALL_ON);
  return {
    client,
    model: model ?? inference.model,
    policy,
    ablate: inference.tokens.thinking > 0 ? switches : [...switches, 'thinking'],
    budget: inference.tokens,
    seed: (input) => `${orders}/${seed}/${seedOf(input)}`,
  };
}

function seedOf({ repository, issue }: JudgeInput): string {
  return `${repository}#${issue.number} ${issue.title}`;
}
