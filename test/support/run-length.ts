/** How long the alarm after a promotion stays silent, by drawing decisions. */
import { type ComparedDecision, watchPromotion } from '../../src/pipeline/promotion/alarm.ts';
import { seeded } from '../../src/statistics/random.ts';

/** Discordant decisions a year at 14 a day. */
export const YEAR = 5_110;
const SEED = 5;

/**
 * How many discordant decisions it takes to sound, on average.
 * @param losing share of them that the new model loses, 0 to 1
 * @param longest decisions after which a run is given up and counted as that long
 */
export function meanRunLength(losing: number, runs: number, longest: number): number {
  const random = seeded(SEED);
  let sum = 0;
  for (let run = 0; run < runs; run += 1) {
    const decisions: ComparedDecision[] = [];
    let soundedAt: number | null = null;
    // Drawn in pieces, for most runs end long before the longest.
    while (soundedAt === null && decisions.length < longest) {
      for (let more = 0; more < YEAR; more += 1) {
        const oldRight = random() < losing;
        decisions.push({ newRight: !oldRight, oldRight });
      }
      ({ soundedAt } = watchPromotion(decisions));
    }
    sum += (soundedAt ?? decisions.length) + 1;
  }
  return sum / runs;
}
