/** Does 70 % sure mean right in 70 % of the cases? Reliability bins and the expected calibration error. */
import { type Interval, wilson } from './interval.ts';
import type { Scored } from './risk-coverage.ts';

export const BINS = 10;

export interface ReliabilityBin {
  /** Confidences above `low` (from 0 on in the first bin) and up to `high`. */
  readonly low: number;
  readonly high: number;
  readonly tasks: number;
  /** Means over the bin, 0 to 1. */
  readonly confidence: number;
  readonly accuracy: number;
  readonly accuracy_interval: Interval;
}

/** Bins of equal width that hold any task. @param scored confidences from 0 to 1 */
export function reliability(scored: readonly Scored[], bins = BINS): ReliabilityBin[] {
  const groups = Map.groupBy(scored, ({ confidence }) =>
    Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1)),
  );
  return [...groups.entries()]
    .sort(([a], [b]) => a - b)
    .map(([bin, group]) => {
      const correct = group.filter((one) => one.correct).length;
      return {
        low: bin / bins,
        high: (bin + 1) / bins,
        tasks: group.length,
        confidence: group.reduce((sum, { confidence }) => sum + confidence, 0) / group.length,
        accuracy: correct / group.length,
        accuracy_interval: wilson(correct, group.length),
      };
    });
}

/** Expected calibration error (Naeini, Cooper and Hauskrecht 2015), 0 to 1; null without tasks. */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number | null {
  const tasks = bins.reduce((sum, bin) => sum + bin.tasks, 0);
  if (tasks === 0) return null;
  return bins.reduce((sum, bin) => sum + (bin.tasks / tasks) * Math.abs(bin.accuracy - bin.confidence), 0);
}

/** Mean squared distance between confidence and outcome (Brier 1950), 0 to 1; null without tasks. */
export function brierScore(scored: readonly Scored[]): number | null {
  if (scored.length === 0) return null;
  return (
    scored.reduce((sum, { confidence, correct }) => sum + (confidence - (correct ? 1 : 0)) ** 2, 0) /
    scored.length
  );
}
