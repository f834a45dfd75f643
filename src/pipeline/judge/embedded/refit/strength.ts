/**
 * How far labels may move the weights: the prior's width. With few labels a cross-validated width is noise, so it is
 * fixed; from 100 labels on it may be chosen by cross-validation.
 */
import { softmax, utility } from '../logit.ts';
import type { Weights } from '../weights.ts';
import { isUsable, type LabelledChoice } from './labels.ts';
import { PRIOR_SD, refitWeights } from './map.ts';

/** Labels from which a width is chosen by cross-validation. */
const LABELS_FOR_STRENGTH = 100;
const WIDTHS = [0.075, PRIOR_SD, 0.3] as const;
const FOLDS = 5;

/** The prior's standard deviation for these labels: `PRIOR_SD` under 100 usable ones, otherwise the best of three. */
export function priorSdFor(choices: readonly LabelledChoice[], prior: Weights): number {
  const usable = choices.filter(isUsable);
  if (usable.length < LABELS_FOR_STRENGTH || new Set(foldsOf(usable)).size < FOLDS) return PRIOR_SD;
  const scored = WIDTHS.map((priorSd) => ({
    priorSd,
    score: heldOutLogLikelihood(usable, prior, () => priorSd) ?? Number.NEGATIVE_INFINITY,
  }));
  return scored.reduce((best, one) => (one.score > best.score ? one : best)).priorSd;
}

/**
 * Mean log-likelihood of labels, in nats, by weights that saw neither them nor another label of their issue; folds by
 * position, so it is deterministic.
 * @param choices usable ones
 * @param widthOf the prior's standard deviation for the labels of a fit: whoever chooses it from labels gets only those
 * @returns null where all labels are of one issue
 */
export function heldOutLogLikelihood(
  choices: readonly LabelledChoice[],
  prior: Weights,
  widthOf: (training: readonly LabelledChoice[]) => number,
): number | null {
  const folds = foldsOf(choices);
  if (new Set(folds).size < 2) return null;
  const scored = [...new Set(folds)].flatMap((fold) => {
    const training = choices.filter((_, index) => folds[index] !== fold);
    const { weights } = refitWeights({ choices: training, prior, priorSd: widthOf(training) });
    return choices.filter((_, index) => folds[index] === fold).map((choice) => ({ choice, weights }));
  });
  return meanLogLikelihood(scored);
}

/** Of labels that count by their weights, each under the weights beside it; in nats a label. */
export function meanLogLikelihood(
  scored: readonly { readonly choice: LabelledChoice; readonly weights: Weights }[],
): number {
  const total = scored.reduce(
    (sum, { choice, weights }) => sum + weightOf(choice) * logProbability(choice, weights),
    0,
  );
  return total / scored.reduce((sum, { choice }) => sum + weightOf(choice), 0);
}

/** The fold in which each label is held out. */
function foldsOf(choices: readonly LabelledChoice[]): number[] {
  const places = new Map<string, number>();
  return choices.map(({ repository, issue }, index) => {
    const key = issue === undefined ? String(index) : `${repository}#${issue}`;
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    return place % FOLDS;
  });
}

function weightOf({ weight = 1 }: LabelledChoice): number {
  return weight;
}

/** Log-probability of the label's choice under the weights; 0 for a label without a choice. */
export function logProbability({ candidates, chosen }: LabelledChoice, weights: Weights): number {
  if (chosen === null) return 0;
  return Math.log(softmax(candidates.map((vector) => utility(vector, weights)))[chosen] ?? 1);
}
