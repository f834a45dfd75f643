/** When the judge is retrained, where, and how much of that there may be. */
import type * as z from 'zod';
import { count, milliseconds, optionalText } from './variables.ts';

/** The variables of the environment, to be spread into the schema that reads them all. */
export const learningVariables = {
  TRAIN_RUNS_PER_MONTH: count(0, 0),
  TRAIN_MIN_NEW_LABELS: count(1, 50),
  GATE_CANDIDATES_PER_EPOCH: count(1, 1),
  LEARN_EVERY_MS: milliseconds(600_000),
  SWE_LANCER_FILE: optionalText,
} as const;

export interface LearningConfig {
  /** Periodic retraining in 30 days; 0 trains only by hand. */
  readonly runsPerMonth: number;
  /** New labels since the last run that make it worth another. */
  readonly leastNewLabels: number;
  /** How many candidates share the level of one holdout epoch. */
  readonly candidatesPerEpoch: number;
  /** Milliseconds from one look at what there is to learn to the next. */
  readonly everyMs: number;
  /** The operator's copy of SWE-Lancer's CSV, which candidates are guarded with; null guards without it. */
  readonly sweLancerFile: string | null;
}

export function readLearning(e: z.output<z.ZodObject<typeof learningVariables>>): LearningConfig {
  return {
    runsPerMonth: e.TRAIN_RUNS_PER_MONTH,
    leastNewLabels: e.TRAIN_MIN_NEW_LABELS,
    candidatesPerEpoch: e.GATE_CANDIDATES_PER_EPOCH,
    everyMs: e.LEARN_EVERY_MS,
    sweLancerFile: e.SWE_LANCER_FILE ?? null,
  };
}
