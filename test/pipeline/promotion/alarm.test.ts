import { describe, expect, it } from 'vitest';
import { ALARM_LEVEL, type ComparedDecision, watchPromotion } from '../../../src/pipeline/promotion/alarm.ts';
import { meanRunLength, YEAR } from '../../support/run-length.ts';

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
