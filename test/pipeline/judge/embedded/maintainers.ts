/** Simulated maintainers: what a refit gains on threads that it has not seen, from labels of somebody with a taste. */
import { softmax, utility } from '../../../../src/pipeline/judge/embedded/logit.ts';
import type { LabelledChoice } from '../../../../src/pipeline/judge/embedded/refit/labels.ts';
import { refitWeights } from '../../../../src/pipeline/judge/embedded/refit/map.ts';
import { logProbability } from '../../../../src/pipeline/judge/embedded/refit/strength.ts';
import {
  FEATURE_NAMES,
  type FeatureVector,
  HAND_WEIGHTS,
  vectorFrom,
  type Weights,
} from '../../../../src/pipeline/judge/embedded/weights.ts';
import { seeded } from '../../../../src/statistics/random.ts';

export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random());
}

type Draw = (random: () => number) => readonly FeatureVector[];

/** Threads of two to six proposals with features drawn at random. */
export function randomThread(random: () => number): readonly FeatureVector[] {
  const size = 2 + Math.floor(random() * 5);
  return Array.from({ length: size }, () => vectorFrom(() => Math.tanh(0.7 * normal(random))));
}

/** The maintainer of simulated threads chooses by the logit with their own weights. */
export function simulate(
  count: number,
  taste: Weights,
  random: () => number,
  { repository = 'a/a', draw = randomThread as Draw } = {},
): LabelledChoice[] {
  return Array.from({ length: count }, () => {
    const candidates = draw(random);
    const probabilities = softmax(candidates.map((vector) => utility(vector, taste)));
    const point = random();
    const chosen = probabilities.findIndex((_, index) => sum(probabilities.slice(0, index + 1)) > point);
    return { repository, candidates, chosen: chosen === -1 ? candidates.length - 1 : chosen };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

export function meanLogProbability(choices: readonly LabelledChoice[], weights: Weights): number {
  return mean(choices.map((choice) => logProbability(choice, weights)));
}

export interface Trial {
  /** Log-likelihood on unseen threads against the hand weights, in nats a thread. */
  readonly gain: number;
  /** Shares of those threads on which the weights take what the maintainer likes best. */
  readonly agreement: { readonly refitted: number; readonly byHand: number };
  /** Distance from the maintainer's weights, as a share of that of the hand weights. */
  readonly distance: number;
  readonly converged: boolean;
}

export interface TrialOptions {
  readonly labels: number;
  /** Standard deviation of a weight of the maintainer around the hand weight. */
  readonly tasteSd: number;
  readonly unseen: number;
  readonly seed: number;
  readonly draw?: Draw;
}

export function tryOut({ labels, tasteSd, unseen, seed, draw = randomThread }: TrialOptions): Trial {
  const random = seeded(seed);
  const taste = vectorFrom((name) => HAND_WEIGHTS[name] + tasteSd * normal(random));
  const choices = simulate(labels, taste, random, { draw });
  const { weights, converged } = refitWeights({ choices, prior: HAND_WEIGHTS });
  const others = simulate(unseen, taste, random, { draw });
  return {
    gain: meanLogProbability(others, weights) - meanLogProbability(others, HAND_WEIGHTS),
    agreement: {
      refitted: agreement(others, weights, taste),
      byHand: agreement(others, HAND_WEIGHTS, taste),
    },
    distance: distance(weights, taste) / (distance(HAND_WEIGHTS, taste) || 1),
    converged,
  };
}

function agreement(choices: readonly LabelledChoice[], weights: Weights, taste: Weights): number {
  const best = (candidates: readonly FeatureVector[], by: Weights) => {
    const utilities = candidates.map((vector) => utility(vector, by));
    return utilities.indexOf(Math.max(...utilities));
  };
  const same = choices.filter(({ candidates }) => best(candidates, weights) === best(candidates, taste));
  return same.length / choices.length;
}

function distance(a: Weights, b: Weights): number {
  return Math.hypot(...FEATURE_NAMES.map((name) => a[name] - b[name]));
}
