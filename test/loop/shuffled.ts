/** What if the labels meant nothing? The same snapshots with picks dealt anew, through the same training and gate. */

import { utility } from '../../src/pipeline/judge/embedded/logit.ts';
import { type LabelledChoice, labelledChoice } from '../../src/pipeline/judge/embedded/refit/labels.ts';
import { trainEmbedded } from '../../src/pipeline/judge/embedded/refit/train.ts';
import { HAND_WEIGHTS, type Weights } from '../../src/pipeline/judge/embedded/weights.ts';
import { runGate } from '../../src/pipeline/promotion/gate.ts';
import type { Db } from '../../src/ports.ts';
import { holdoutStore } from '../../src/store/index.ts';

/** @returns how many of the retrainings the gate would have promoted */
export async function shuffledPromotions(db: Db, shuffles: number, random: () => number): Promise<number> {
  const snapshots = await holdoutStore.unansweredSince(db, new Date(0), 'nobody', 1_000);
  const choices = snapshots.map(({ input }) => labelledChoice(input, input.candidates[0]?.number ?? null));
  let promotions = 0;
  for (let shuffle = 0; shuffle < shuffles; shuffle += 1) {
    if (isPromoted(choices.map((choice) => dealt(choice, random)))) promotions += 1;
  }
  return promotions;
}

function dealt(choice: LabelledChoice, random: () => number): LabelledChoice {
  return { ...choice, chosen: Math.floor(random() * choice.candidates.length) };
}

/** Half teach and half compare, as in the run itself. */
function isPromoted(choices: readonly LabelledChoice[]): boolean {
  const teaching = choices.filter((_, index) => index % 2 === 0);
  const held = choices.filter((_, index) => index % 2 === 1);
  const { weights } = trainEmbedded(teaching);
  const pairs = held.map((choice) => ({
    candidateRight: best(choice, weights) === choice.chosen,
    incumbentRight: best(choice, HAND_WEIGHTS) === choice.chosen,
  }));
  return runGate(pairs).verdict === 'promote';
}

function best({ candidates }: LabelledChoice, weights: Weights): number {
  const utilities = candidates.map((vector) => utility(vector, weights));
  return utilities.indexOf(Math.max(...utilities));
}
