/** What if the labels meant nothing? The same snapshots with picks dealt anew, through the same training and gate. */

import { utility } from '../../src/pipeline/judge/embedded/logit.ts';
import { type LabelledChoice, labelledChoice } from '../../src/pipeline/judge/embedded/refit/labels.ts';
import { trainEmbedded } from '../../src/pipeline/judge/embedded/refit/train.ts';
import { HAND_WEIGHTS, type Weights } from '../../src/pipeline/judge/embedded/weights.ts';
import { type GateResult, LOOKS, runGate } from '../../src/pipeline/promotion/gate.ts';
import type { Db } from '../../src/ports.ts';
import { binomialDistribution } from '../../src/statistics/binomial.ts';
import { holdoutStore } from '../../src/store/index.ts';

/** How often the gate promotes where there is nothing to find, at most (test/pipeline/promotion/gate.test.ts). */
const GATE_RATE = 0.04;
const CERTAINTY = 0.95;

export interface ShuffledPromotions {
  /** How many of the retrainings the gate promoted. */
  readonly promotions: number;
  /** How many it could have promoted: enough decisions were discordant. */
  readonly decided: number;
}

/** @throws Error when there are too few snapshots for all looks of the gate */
export async function shuffledPromotions(
  db: Db,
  shuffles: number,
  random: () => number,
): Promise<ShuffledPromotions> {
  const snapshots = await holdoutStore.unansweredSince(db, new Date(0), 'nobody', 1_000);
  const needed = Math.max(...LOOKS.map(({ decisions }) => decisions));
  if (snapshots.length < needed) throw new Error(`${snapshots.length} snapshots, and ${needed} are needed`);
  const choices = snapshots.map(({ input }) => labelledChoice(input, input.candidates[0]?.number ?? null));
  const results = Array.from({ length: shuffles }, () => compare(choices, random));
  return {
    promotions: results.filter(({ verdict }) => verdict === 'promote').length,
    decided: results.filter(({ verdict }) => verdict === 'promote' || verdict === 'keep').length,
  };
}

/** The most promotions that a gate of this rate stays within with the certainty. */
export function mostPromotions(shuffles: number): number {
  let chance = 0;
  return binomialDistribution(shuffles, GATE_RATE).findIndex((mass) => {
    chance += mass;
    return chance >= CERTAINTY;
  });
}

/**
 * Half of the snapshots teach, and all compare: what is dealt to compare by has nothing to do with what was dealt to
 * learn from, so that a snapshot may do both.
 */
function compare(choices: readonly LabelledChoice[], random: () => number): GateResult {
  const teaching = choices.filter((_, index) => index % 2 === 0).map((choice) => dealt(choice, random));
  const { weights } = trainEmbedded(teaching);
  const pairs = choices.map((choice) => {
    const { chosen } = dealt(choice, random);
    return {
      candidateRight: best(choice, weights) === chosen,
      incumbentRight: best(choice, HAND_WEIGHTS) === chosen,
    };
  });
  return runGate(pairs);
}

function dealt(choice: LabelledChoice, random: () => number): LabelledChoice {
  return { ...choice, chosen: Math.floor(random() * choice.candidates.length) };
}

function best({ candidates }: LabelledChoice, weights: Weights): number {
  const utilities = candidates.map((vector) => utility(vector, weights));
  return utilities.indexOf(Math.max(...utilities));
}
