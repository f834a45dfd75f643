/** From an installation's labels to the weights its judge runs with: all of them first, then each repository's own. */
import { EMBEDDED_MODEL } from '../judge.ts';
import type { TrainedWeights } from '../trained.ts';
import { HAND_WEIGHTS, type Weights } from '../weights.ts';
import { isUsable, type LabelledChoice } from './labels.ts';
import { refitRepositoryWeights, refitWeights } from './map.ts';
import { heldOutLogLikelihood, meanLogLikelihood, priorSdFor } from './strength.ts';

/** Usable labels from which a repository gets weights of its own; below, the installation's are better. */
export const LABELS_FOR_REPOSITORY = 20;

/**
 * Pure, and the same labels in the same order give the same weights.
 * @throws InputError when no label names a choice between proposals, or a label cannot be used
 */
export function trainEmbedded(
  choices: readonly LabelledChoice[],
  prior: Weights = HAND_WEIGHTS,
): TrainedWeights {
  const priorSd = priorSdFor(choices, prior);
  const { weights, used, dropped, logLikelihood } = refitWeights({ choices, prior, priorSd });
  return {
    kind: 'embedded-weights',
    format: 1,
    name: `${EMBEDDED_MODEL}+${used}`,
    prior_sd: priorSd,
    labels: { used, dropped },
    log_likelihood: logLikelihood,
    held_out: heldOut(choices, prior),
    weights,
    repositories: Object.fromEntries(
      repositoriesOf(choices).map((repository) => [
        repository,
        refitRepositoryWeights(repository, { choices, prior, priorSd }),
      ]),
    ),
  };
}

/** Repositories with enough labels; none when all labels are of one, for then its weights are the installation's. */
function repositoriesOf(choices: readonly LabelledChoice[]): string[] {
  const groups = Map.groupBy(choices.filter(isUsable), ({ repository }) => repository);
  if (groups.size < 2) return [];
  return [...groups]
    .filter(([, own]) => own.length >= LABELS_FOR_REPOSITORY)
    .map(([repository]) => repository)
    .sort();
}

/** Each fold chooses its width anew: one chosen on labels that are then scored would flatter the refit. */
function heldOut(choices: readonly LabelledChoice[], prior: Weights): TrainedWeights['held_out'] {
  const usable = choices.filter(isUsable);
  const refitted = heldOutLogLikelihood(usable, prior, (training) => priorSdFor(training, prior));
  if (refitted === null) return null;
  return {
    prior: meanLogLikelihood(usable.map((choice) => ({ choice, weights: prior }))),
    refitted,
  };
}
