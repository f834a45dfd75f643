/** What maintainers answered, as numbers: the candidates' features and which of them was taken. */
import { InputError } from '../../../../errors.ts';
import type { JudgeInput } from '../../types.ts';
import { analyse } from '../features.ts';
import { FEATURE_NAMES, type FeatureVector } from '../weights.ts';

/** One snapshot with the answer that maintainers gave. */
export interface LabelledChoice {
  /** `owner/name`: which repository's taste it shows. */
  readonly repository: string;
  /** The issue's number: snapshots of one issue share most of their texts. Left out where each label is its own. */
  readonly issue?: number;
  /** Standardised features of the snapshot's candidates, in posting order. */
  readonly candidates: readonly FeatureVector[];
  /** Index into `candidates`; null when maintainers found none acceptable. */
  readonly chosen: number | null;
  /** How much the label counts, 0 or more; 1 when left out. */
  readonly weight?: number;
}

/** Reads a snapshot into a label. `preferred` is a proposal's number, null when none was acceptable. */
export function labelledChoice(input: JudgeInput, preferred: number | null, weight = 1): LabelledChoice {
  const chosen = preferred === null ? null : input.candidates.findIndex(({ number }) => number === preferred);
  if (chosen === -1) {
    throw new InputError(
      `Label names proposal ${preferred}, which is not among the ${input.candidates.length} candidates of the snapshot.`,
      'Use the number of a candidate of the same snapshot, or null for "none acceptable".',
    );
  }
  const candidates = analyse(input).proposals.map(({ vector }) => vector);
  return { repository: input.repository, issue: input.issue.number, candidates, chosen, weight };
}

/** A label that says something about the weights, as rows of numbers in the order of `FEATURE_NAMES`. */
export interface Sample {
  readonly rows: readonly (readonly number[])[];
  readonly chosen: number;
  readonly weight: number;
}

/** Whether a label says which of several proposals is better. */
export function isUsable({ candidates, chosen, weight = 1 }: LabelledChoice): boolean {
  return chosen !== null && candidates.length > 1 && weight > 0;
}

/**
 * The usable labels. Labels "none acceptable" are dropped: a conditional logit describes which proposal is taken given that
 * one is, and whether one is acceptable is a threshold, not a weight.
 * @throws InputError when a weight or an index cannot be used
 */
export function samplesOf(choices: readonly LabelledChoice[]): Sample[] {
  return choices.flatMap((choice) => {
    const { candidates, chosen, weight = 1 } = choice;
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new InputError(
        `A label has the weight ${weight}.`,
        'Weights of labels must be finite and not negative.',
      );
    }
    if (chosen === null || !isUsable(choice)) return [];
    if (candidates[chosen] === undefined) {
      throw new InputError(
        `A label chose candidate ${chosen} of ${candidates.length}.`,
        'Use an index into `candidates`.',
      );
    }
    return [{ rows: candidates.map((vector) => FEATURE_NAMES.map((name) => vector[name])), chosen, weight }];
  });
}
