import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/errors.ts';
import { softmax, utility } from '../../../../src/pipeline/judge/embedded/logit.ts';
import {
  type LabelledChoice,
  labelledChoice,
  refitRepositoryWeights,
  refitWeights,
} from '../../../../src/pipeline/judge/embedded/refit.ts';
import { logProbability, priorSdFor } from '../../../../src/pipeline/judge/embedded/strength.ts';
import {
  FEATURE_NAMES,
  HAND_WEIGHTS,
  vectorFrom,
  type Weights,
} from '../../../../src/pipeline/judge/embedded/weights.ts';
import { thread } from './threads.ts';

/** Mulberry32: a small seeded generator, uniform in [0, 1). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random());
}

/** Threads of two to six proposals; the maintainer chooses by the logit with their own weights. */
function simulate(count: number, taste: Weights, random: () => number, repository = 'a/a'): LabelledChoice[] {
  return Array.from({ length: count }, () => {
    const size = 2 + Math.floor(random() * 5);
    const candidates = Array.from({ length: size }, () => vectorFrom(() => Math.tanh(0.7 * normal(random))));
    const probabilities = softmax(candidates.map((vector) => utility(vector, taste)));
    const draw = random();
    const chosen = probabilities.findIndex((_, index) => sum(probabilities.slice(0, index + 1)) > draw);
    return { repository, candidates, chosen: chosen === -1 ? size - 1 : chosen };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function meanLogProbability(choices: readonly LabelledChoice[], weights: Weights): number {
  return choices.reduce((sum, choice) => sum + logProbability(choice, weights), 0) / choices.length;
}

/** Mean gain of the refit over the hand weights on 400 unseen threads, in nats a thread, over the seeds. */
function gain(labels: number, tasteSd: number, seeds: number): number {
  let total = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const random = randomOf(seed * 7919);
    const taste = vectorFrom((name) => HAND_WEIGHTS[name] + tasteSd * normal(random));
    const { weights, converged } = refitWeights({
      choices: simulate(labels, taste, random),
      prior: HAND_WEIGHTS,
    });
    expect(converged).toBe(true);
    const unseen = simulate(400, taste, random);
    total += meanLogProbability(unseen, weights) - meanLogProbability(unseen, HAND_WEIGHTS);
  }
  return total / seeds;
}

describe('refitWeights', () => {
  it('moves towards a maintainer whose taste differs, more with more labels', () => {
    const [few, some, many] = [gain(20, 0.5, 12), gain(50, 0.5, 12), gain(200, 0.5, 12)];
    expect(few).toBeGreaterThan(0);
    expect(some).toBeGreaterThan(few);
    expect(many).toBeGreaterThan(some);
    expect(many).toBeGreaterThan(0.05);
  });

  it.each([20, 50, 200])('does not fall below the hand weights by more than noise, %i labels', (labels) => {
    expect(gain(labels, 0, 12)).toBeGreaterThan(-0.03);
    expect(gain(labels, 0.15, 12)).toBeGreaterThan(-0.02);
  });

  it('finds the maximum: the gradient vanishes there', () => {
    const random = randomOf(5);
    const choices = simulate(
      30,
      vectorFrom(() => normal(random)),
      random,
    );
    const { weights } = refitWeights({ choices, prior: HAND_WEIGHTS });
    const objective = (w: Weights) =>
      meanLogProbability(choices, w) * choices.length -
      FEATURE_NAMES.reduce((sum, name) => sum + (w[name] - HAND_WEIGHTS[name]) ** 2, 0) / (2 * 0.15 ** 2);
    for (const name of FEATURE_NAMES) {
      const nudged = (step: number) => objective({ ...weights, [name]: weights[name] + step });
      expect(Math.abs(nudged(1e-4) - nudged(-1e-4)) / 2e-4).toBeLessThan(1e-3);
    }
  });

  it('counts a label of weight 2 like the label twice', () => {
    const random = randomOf(3);
    const [first, ...rest] = simulate(8, HAND_WEIGHTS, random);
    if (first === undefined) throw new Error('no label');
    const twice = refitWeights({ choices: [first, first, ...rest], prior: HAND_WEIGHTS }).weights;
    const heavy = refitWeights({ choices: [{ ...first, weight: 2 }, ...rest], prior: HAND_WEIGHTS }).weights;
    for (const name of FEATURE_NAMES) expect(heavy[name]).toBeCloseTo(twice[name], 8);
  });

  it('drops labels without a choice and says how many', () => {
    const random = randomOf(4);
    const choices = simulate(5, HAND_WEIGHTS, random);
    const none = { repository: 'a/a', candidates: choices[0]?.candidates ?? [], chosen: null };
    const lone = { repository: 'a/a', candidates: (choices[0]?.candidates ?? []).slice(0, 1), chosen: 0 };
    const fit = refitWeights({ choices: [...choices, none, lone], prior: HAND_WEIGHTS });
    expect(fit).toMatchObject({ used: 5, dropped: 2, converged: true });
    expect(fit.weights).toEqual(refitWeights({ choices, prior: HAND_WEIGHTS }).weights);
  });

  it.each([
    ['no label', []],
    ['only labels without a choice', [{ repository: 'a/a', candidates: [], chosen: null }]],
  ])('refuses %s with a remedy', (_, choices) => {
    expect(() => refitWeights({ choices, prior: HAND_WEIGHTS })).toThrow(InputError);
    expect(() => refitWeights({ choices, prior: HAND_WEIGHTS })).toThrow(/label/);
  });

  it('refuses a negative sample weight and a width of 0', () => {
    const choices = simulate(3, HAND_WEIGHTS, randomOf(1));
    const negative = choices.map((choice) => ({ ...choice, weight: -1 }));
    expect(() => refitWeights({ choices: negative, prior: HAND_WEIGHTS })).toThrow(InputError);
    expect(() => refitWeights({ choices, prior: HAND_WEIGHTS, priorSd: 0 })).toThrow(InputError);
  });
});

describe('refitRepositoryWeights', () => {
  it('takes only the labels of the repository and stays near the global weights', () => {
    const random = randomOf(9);
    const taste = vectorFrom((name) => HAND_WEIGHTS[name] + (name === 'edgeCases' ? 1.5 : 0));
    const choices = [...simulate(60, HAND_WEIGHTS, random, 'a/a'), ...simulate(60, taste, random, 'b/b')];
    const global = refitWeights({ choices, prior: HAND_WEIGHTS }).weights;
    const fit = refitRepositoryWeights({ repository: 'b/b', choices, global });
    expect(fit.used).toBe(60);
    expect(fit.weights.edgeCases).toBeGreaterThan(global.edgeCases);
    expect(Math.abs(fit.weights.edgeCases - global.edgeCases)).toBeLessThan(0.5);
  });

  it('refuses a repository without labels', () => {
    const choices = simulate(5, HAND_WEIGHTS, randomOf(2));
    expect(() => refitRepositoryWeights({ repository: 'c/c', choices, global: HAND_WEIGHTS })).toThrow(
      InputError,
    );
  });
});

describe('priorSdFor', () => {
  it('is fixed under 100 labels', () => {
    expect(priorSdFor(simulate(99, HAND_WEIGHTS, randomOf(6)), HAND_WEIGHTS)).toBe(0.15);
  });

  it('widens for many labels of a very different taste', () => {
    const random = randomOf(8);
    const taste = vectorFrom((name) => -2 * HAND_WEIGHTS[name]);
    expect(priorSdFor(simulate(150, taste, random), HAND_WEIGHTS)).toBe(0.3);
  });
});

describe('labelledChoice', () => {
  it('turns a proposal number into an index', () => {
    expect(labelledChoice(thread(['Fix `a` in b.ts.', 'Other']), 2)).toMatchObject({
      chosen: 1,
      repository: 'shop/cart',
    });
    expect(labelledChoice(thread(['Fix `a` in b.ts.']), null).chosen).toBeNull();
  });

  it('refuses a number that is no candidate', () => {
    expect(() => labelledChoice(thread(['x']), 3)).toThrow(/proposal 3/);
  });
});
