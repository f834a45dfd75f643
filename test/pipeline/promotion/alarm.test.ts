import { describe, expect, it } from 'vitest';
import { ALARM_LEVEL, type ComparedDecision, watchPromotion } from '../../../src/pipeline/promotion/alarm.ts';
import { seeded } from '../../../src/statistics/random.ts';

/** Discordant decisions a year at 14 a day. */
const YEAR = 5_110;

describe('the alarm after a promotion', () => {
  it('stays silent while both are right or wrong together, and while the new model wins', () => {
    const agreeing = Array.from({ length: 500 }, (_, index) => same(index % 2 === 0));
    const winning = Array.from({ length: 500 }, () => ({ newRight: true, oldRight: false }));
    expect(watchPromotion([...agreeing, ...winning])).toEqual({ level: 0, soundedAt: null });
  });

  it('sounds at the decision at which the losses have added up', () => {
    const losing = Array.from({ length: 40 }, () => ({ newRight: false, oldRight: true }));
    const { soundedAt, level } = watchPromotion([same(true), ...losing]);
    expect(soundedAt).toBe(16);
    expect(level).toBeGreaterThanOrEqual(ALARM_LEVEL);
  });

  it('sounds falsely at most once a year on average', () => {
    expect(meanRunLength(0.5, 300, 20 * YEAR)).toBeGreaterThan(YEAR);
  });

  it('notices a model that loses two of three within a few weeks', () => {
    expect(meanRunLength(2 / 3, 300, YEAR)).toBeLessThan(110);
  });
});

function same(right: boolean): ComparedDecision {
  return { newRight: right, oldRight: right };
}

/** How many discordant decisions it takes to sound, on average. @param losing share that the new model loses */
function meanRunLength(losing: number, runs: number, longest: number): number {
  const random = seeded(5);
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
