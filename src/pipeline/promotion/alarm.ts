/**
 * After a promotion: is the new model worse than the old one after all? The old one goes on judging in the shadow;
 * each unexposed decision that exactly one of the two got right moves a one-sided CUSUM (Page 1954) up or down.
 */

/** What the sum loses a step, in discordant decisions: between an equal model (0) and one that loses two of three (1/3). */
const DRIFT = 1 / 4;

/**
 * The level at which it sounds. Between equal models that takes more than 5,000 discordant decisions on average, a
 * year's worth at 14 a day; a model that loses two of three of them is noticed after about 90
 * (test/pipeline/promotion/alarm.test.ts simulates both).
 */
export const ALARM_LEVEL = 12;

export interface ComparedDecision {
  readonly newRight: boolean;
  readonly oldRight: boolean;
}

export interface AlarmState {
  /** Where the sum stands, in discordant decisions; 0 at least. */
  readonly level: number;
  /** Index of the decision at which it first reached the alarm level; null while it has not. */
  readonly soundedAt: number | null;
}

/** @param decisions unexposed decisions since the promotion, in the order in which they were made */
export function watchPromotion(decisions: readonly ComparedDecision[]): AlarmState {
  let level = 0;
  for (const [index, { newRight, oldRight }] of decisions.entries()) {
    if (newRight === oldRight) continue;
    level = Math.max(0, level + (oldRight ? 1 : -1) - DRIFT);
    if (level >= ALARM_LEVEL) return { level, soundedAt: index };
  }
  return { level, soundedAt: null };
}
