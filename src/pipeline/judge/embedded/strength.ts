/**
 * How far labels may move the weights: the prior's width. With few labels a cross-validated width is noise, so it is
 * fixed; from 100 labels on it may be chosen by cross-validation.
 */

import { softmax, utility } from './logit.ts';
import { type LabelledChoice, PRIOR_SD, refitWeights } from './refit.ts';
import type { Weights } from './weights.ts';

/** Labels from which a width is chosen by cross-validation. */
export const LABELS_FOR_STRENGTH = 100;
const WIDTHS = [0.075, PRIOR_SD, 0.3] as const;
const FOLDS = 5;

/** The prior's standard deviation for these labels: `PRIOR_SD` under 100 usable ones, otherwise the best of three. */
export function priorSdFor(choices: readonly LabelledChoice[], prior: Weights): number {
  const usable = choices.filter(
    ({ chosen, candidates, weight = 1 }) => chosen !== null && candidates.length > 1 && weight > 0,
  );
  if (usable.length < LABELS_FOR_STRENGTH) return PRIOR_SD;
  const scored = WIDTHS.map((priorSd) => ({ priorSd, score: heldOutLogLikelihood(usable, prior, priorSd) }));
  return scored.reduce((best, one) => (one.score > best.score ? one : best)).priorSd;
}

/** Mean log-likelihood of labels by weights that did not see them; folds by position, so it is deterministic. */
function heldOutLogLikelihood(choices: readonly LabelledChoice[], prior: Weights, priorSd: number): number {
  let sum = 0;
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const training = choices.filter((_, index) => index % FOLDS !== fold);
    const { weights } = refitWeights({ choices: training, prior, priorSd });
    sum += choices
      .filter((_, index) => index % FOLDS === fold)
      .reduce((total, choice) => total + (choice.weight ?? 1) * logProbability(choice, weights), 0);
  }
  return sum / choices.length;
}

/** Log-probability of the label's choice under the weights; 0 for a label without a choice. */
export function logProbability({ candidates, chosen }: LabelledChoice, weights: Weights): number {
  if (chosen === null) return 0;
  return Math.log(softmax(candidates.map((vector) => utility(vector, weights)))[chosen] ?? 1);
}
