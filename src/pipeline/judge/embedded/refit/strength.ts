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
  if (usable.length < LABELS_FOR_STRENGTH) return PRIOR_SD;
  const scored = WIDTHS.map((priorSd) => ({ priorSd, score: heldOutLogLikelihood(usable, prior, priorSd) }));
  return scored.reduce((best, one) => (one.score > best.score ? one : best)).priorSd;
}

/**
 * Mean log-likelihood of labels, in nats, by weights that did not see them; folds by position, so it is deterministic.
 * @param choices usable ones, at least two
 */
export function heldOutLogLikelihood(
  choices: readonly LabelledChoice[],
  prior: Weights,
  priorSd: number,
): number {
  const scored = choices.flatMap((_, fold) => {
    if (fold >= FOLDS) return [];
    const training = choices.filter((__, index) => index % FOLDS !== fold);
    const { weights } = refitWeights({ choices: training, prior, priorSd });
    return choices.filter((__, index) => index % FOLDS === fold).map((choice) => ({ choice, weights }));
  });
  const counts = scored.map(({ choice }) => choice.weight ?? 1);
  const total = scored.reduce(
    (sum, one, index) => sum + (counts[index] ?? 1) * logProbability(one.choice, one.weights),
    0,
  );
  return total / counts.reduce((sum, count) => sum + count, 0);
}

/** Log-probability of the label's choice under the weights; 0 for a label without a choice. */
export function logProbability({ candidates, chosen }: LabelledChoice, weights: Weights): number {
  if (chosen === null) return 0;
  return Math.log(softmax(candidates.map((vector) => utility(vector, weights)))[chosen] ?? 1);
}
