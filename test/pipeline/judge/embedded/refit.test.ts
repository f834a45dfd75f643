import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/errors.ts';
import { analyse } from '../../../../src/pipeline/judge/embedded/features.ts';
import { labelledChoice } from '../../../../src/pipeline/judge/embedded/refit/labels.ts';
import { refitRepositoryWeights, refitWeights } from '../../../../src/pipeline/judge/embedded/refit/map.ts';
import { heldOutLogLikelihood, priorSdFor } from '../../../../src/pipeline/judge/embedded/refit/strength.ts';
import { trainEmbedded } from '../../../../src/pipeline/judge/embedded/refit/train.ts';
import {
  FEATURE_NAMES,
  HAND_WEIGHTS,
  vectorFrom,
  type Weights,
} from '../../../../src/pipeline/judge/embedded/weights.ts';
import { seeded } from '../../../../src/statistics/random.ts';
import { mean, meanLogProbability, normal, simulate, type Trial, tryOut } from './maintainers.ts';
import { labelledThreads, thread } from './threads.ts';

const SEEDS = Array.from({ length: 10 }, (_, index) => (index + 1) * 7919);

const cache = new Map<string, Trial[]>();

/** Maintainers who differ from the hand weights by `tasteSd` a weight, one a seed, refitted from `labels` of theirs. */
function trials(labels: number, tasteSd: number): Trial[] {
  const key = `${labels} ${tasteSd}`;
  const found = cache.get(key) ?? SEEDS.map((seed) => tryOut({ labels, tasteSd, seed, unseen: 300 }));
  cache.set(key, found);
  return found;
}

function meanAgreementGain(all: readonly Trial[]): number {
  return mean(all.map(({ agreement }) => agreement.refitted - agreement.byHand));
}

describe('refitWeights', () => {
  it('moves towards a maintainer whose taste differs, more with more labels', () => {
    const [few, some, many] = [trials(20, 0.5), trials(50, 0.5), trials(200, 0.5)];
    const gains = [few, some, many].map((one) => mean(one.map(({ gain }) => gain)));
    expect(gains).toEqual([...gains].sort((a, b) => a - b));
    expect(gains[0]).toBeGreaterThan(0.01);
    expect(gains[2]).toBeGreaterThan(0.1);
    const distances = [few, some, many].map((one) => mean(one.map((trial) => trial.distance)));
    expect(distances).toEqual([...distances].sort((a, b) => b - a));
    expect(distances[0]).toBeLessThan(1);
    expect(meanAgreementGain(many)).toBeGreaterThan(0.05);
    for (const trial of many) {
      expect(trial.converged).toBe(true);
      expect(trial.gain).toBeGreaterThan(0);
      expect(trial.distance).toBeLessThan(0.95);
    }
  });

  it.each([20, 50, 200])('never falls below the hand weights by more than noise, %i labels', (labels) => {
    for (const tasteSd of [0, 0.15, 0.5]) {
      const all = trials(labels, tasteSd);
      expect(mean(all.map(({ gain }) => gain)), `sd ${tasteSd}`).toBeGreaterThan(-0.01);
      for (const { gain, converged } of all) {
        expect(gain, `sd ${tasteSd}`).toBeGreaterThan(-0.03);
        expect(converged).toBe(true);
      }
      // Whoever agrees with the hand weights can only lose agreement, and loses little.
      const loss = tasteSd === 0 ? -0.12 : -0.02;
      expect(meanAgreementGain(all), `sd ${tasteSd}`).toBeGreaterThan(loss);
    }
  });

  it('does so on features of real texts, too, which hang together', () => {
    const threads = labelledThreads().map((one) => analyse(one).proposals.map(({ vector }) => vector));
    const draw = (random: () => number) => threads[Math.floor(random() * threads.length)] ?? [];
    const gains = [20, 50, 200].map((labels) =>
      mean(SEEDS.map((seed) => tryOut({ labels, tasteSd: 0.5, seed, unseen: 300, draw }).gain)),
    );
    expect(gains[0]).toBeGreaterThan(0);
    expect(gains[2]).toBeGreaterThan(gains[0] ?? 0);
  });

  it('finds the maximum: the gradient vanishes there', () => {
    const random = seeded(5);
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
    const random = seeded(3);
    const [first, ...rest] = simulate(8, HAND_WEIGHTS, random);
    if (first === undefined) throw new Error('no label');
    const twice = refitWeights({ choices: [first, first, ...rest], prior: HAND_WEIGHTS }).weights;
    const heavy = refitWeights({ choices: [{ ...first, weight: 2 }, ...rest], prior: HAND_WEIGHTS }).weights;
    for (const name of FEATURE_NAMES) expect(heavy[name]).toBeCloseTo(twice[name], 8);
  });

  it('drops labels without a choice and says how many', () => {
    const random = seeded(4);
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
    const choices = simulate(3, HAND_WEIGHTS, seeded(1));
    const negative = choices.map((choice) => ({ ...choice, weight: -1 }));
    expect(() => refitWeights({ choices: negative, prior: HAND_WEIGHTS })).toThrow(InputError);
    expect(() => refitWeights({ choices, prior: HAND_WEIGHTS, priorSd: 0 })).toThrow(InputError);
  });
});

describe('refitRepositoryWeights', () => {
  const taste = vectorFrom((name) => HAND_WEIGHTS[name] + (name === 'edgeCases' ? 1.5 : 0));

  it('moves from the common weights towards its own labels', () => {
    const random = seeded(9);
    const choices = [
      ...simulate(60, HAND_WEIGHTS, random, { repository: 'a/a' }),
      ...simulate(60, taste, random, { repository: 'b/b' }),
    ];
    const common = refitWeights({ choices, prior: HAND_WEIGHTS }).weights;
    const [one, other] = ['a/a', 'b/b'].map((name) =>
      refitRepositoryWeights(name, { choices, prior: HAND_WEIGHTS }),
    );
    expect(other?.edgeCases).toBeGreaterThan(common.edgeCases);
    expect(one?.edgeCases).toBeLessThan(common.edgeCases);
  });

  it('counts no label twice: alone, both levels are one prior of their joint width', () => {
    const choices = simulate(30, taste, seeded(10), { repository: 'b/b' });
    const joint = refitWeights({ choices, prior: HAND_WEIGHTS, priorSd: Math.hypot(0.15, 0.1) }).weights;
    const fit = refitRepositoryWeights('b/b', { choices, prior: HAND_WEIGHTS });
    for (const name of FEATURE_NAMES) expect(fit[name]).toBeCloseTo(joint[name], 6);
  });

  it('refuses a repository without labels', () => {
    const choices = simulate(5, HAND_WEIGHTS, seeded(2));
    expect(() => refitRepositoryWeights('c/c', { choices, prior: HAND_WEIGHTS })).toThrow(InputError);
  });
});

describe('priorSdFor', () => {
  it('is fixed under 100 labels', () => {
    expect(priorSdFor(simulate(99, HAND_WEIGHTS, seeded(6)), HAND_WEIGHTS)).toBe(0.15);
  });

  it('widens for many labels of a very different taste', () => {
    const random = seeded(8);
    const taste = vectorFrom((name) => -2 * HAND_WEIGHTS[name]);
    expect(priorSdFor(simulate(150, taste, random), HAND_WEIGHTS)).toBe(0.3);
  });
});

describe('what is held out', () => {
  const pair = (random: () => number) => [0, 1].map(() => vectorFrom(() => Math.tanh(0.7 * normal(random))));
  const fixed = () => 0.15;

  it('is all labels of an issue: the same texts in a fit would give the answer away', () => {
    const random = seeded(12);
    const seen = simulate(
      8,
      vectorFrom(() => 0),
      random,
    ).flatMap((one, issue) => Array.from({ length: 5 }, () => ({ ...one, issue })));
    const alone = seen.map((one, issue) => ({ ...one, issue }));
    const [together, apart] = [seen, alone].map((labels) =>
      heldOutLogLikelihood(labels, HAND_WEIGHTS, fixed),
    );
    expect(together).toBeLessThan((apart ?? 0) - 0.1);
  });

  it('is nothing where all labels are of one issue', () => {
    const labels = simulate(5, HAND_WEIGHTS, seeded(13)).map((one) => ({ ...one, issue: 1 }));
    expect(heldOutLogLikelihood(labels, HAND_WEIGHTS, fixed)).toBeNull();
    expect(trainEmbedded(labels).held_out).toBeNull();
  });

  it('has no part in choosing the width either', () => {
    const taste = vectorFrom((name) => 1.6 * HAND_WEIGHTS[name]);
    const labels = simulate(126, taste, seeded(2), { draw: pair });
    const trained = trainEmbedded(labels);
    const flattered = heldOutLogLikelihood(labels, HAND_WEIGHTS, () => trained.prior_sd) ?? 0;
    expect(trained.held_out?.refitted).toBeLessThan(flattered - 0.01);
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
