/** Judges that can be benched, by name. A new kind of judge is one more line of the table. */
import { ConfigError } from '../errors.ts';
import { createEmbeddedJudge } from '../pipeline/judge/embedded/judge.ts';
import type { TrainedWeights } from '../pipeline/judge/embedded/trained.ts';
import type { Judge } from '../pipeline/judge/types.ts';
import { firstRule, longestRule, randomRule } from './rules.ts';

export interface JudgeChoice {
  /** Seeds judges that draw at random. */
  readonly seed: number;
  /** What the embedded judge weighs by; the weights set by hand when left out. */
  readonly trained?: TrainedWeights | null;
  /** What is switched off, out of `EMBEDDED_ABLATIONS`; only the embedded judge has something. */
  readonly ablate?: readonly string[];
}

export const EMBEDDED_ABLATIONS: readonly string[] = ['defences'];

const JUDGES: Readonly<Record<string, (choice: JudgeChoice) => Judge>> = {
  embedded: ({ trained, ablate = [] }) =>
    createEmbeddedJudge(trained, { defences: !ablate.includes('defences') }),
  first: () => firstRule(),
  longest: () => longestRule(),
  random: ({ seed }) => randomRule(seed),
};

/** Needs a service, and is opened by `openBenchedModel`. */
export const MODEL = 'model';

/** Judges of this process. */
export const LOCAL_JUDGE_NAMES: readonly string[] = Object.keys(JUDGES);
export const JUDGE_NAMES: readonly string[] = [...LOCAL_JUDGE_NAMES, MODEL];

/** Whether `--ablate defences` says something to this judge. */
export function hasDefences(name: string): boolean {
  return name === MODEL || name === 'embedded';
}

/** @throws ConfigError when there is no judge of that name, or it has no such weights or switches */
export function resolveJudge(name: string, choice: JudgeChoice): Judge {
  const create = Object.hasOwn(JUDGES, name) ? JUDGES[name] : undefined;
  if (create === undefined) {
    throw new ConfigError(
      `There is no judge “${name.slice(0, 60)}”.`,
      `Choose one of ${LOCAL_JUDGE_NAMES.join(', ')}.`,
    );
  }
  if (choice.trained && name !== 'embedded') {
    throw new ConfigError(
      `The judge “${name}” has no weights.`,
      'Give trained weights to the judge embedded only.',
    );
  }
  const switchable = name === 'embedded' ? EMBEDDED_ABLATIONS : [];
  const unknown = choice.ablate?.find((one) => !switchable.includes(one));
  if (unknown !== undefined) {
    throw new ConfigError(
      `The judge “${name}” has no “${unknown.slice(0, 60)}” to switch off.`,
      'Give --ablate with --judge model, or --ablate defences with --judge embedded.',
    );
  }
  return create(choice);
}
