/**
 * Turns a vote share into a probability of being right, by one parameter fitted on labels whose authors could not
 * have seen our choice. Below 100 such labels nothing is fitted and confidence stays called uncalibrated.
 */

/** One labelled decision. `votes` counts all votes cast, failed ones too. */
export interface CalibrationLabel {
  readonly votesFor: number;
  readonly votes: number;
  readonly correct: boolean;
}

/** Confidences may only be pooled when all three are the same. */
export interface CalibrationKey {
  readonly model: string;
  readonly promptVersion: string;
  readonly votePolicy: string;
}

export interface Calibration extends CalibrationKey {
  /** Factor on the log-odds of the smoothed vote share: the inverse of a temperature. Below 1: overconfident. */
  readonly slope: number;
  readonly labels: number;
}

/** Fewer labels say too little. */
export const MIN_LABELS = 100;
const MAX_SLOPE = 20;

/**
 * P(right) = 1 / (1 + exp(-slope * logit(share))): Platt scaling without intercept (Platt 1999), the same family
 * as temperature scaling (Guo et al. 2017, https://arxiv.org/abs/1706.04599). The slope minimises the log loss
 * plus (slope - 1)^2 / 2, one label's worth of belief in the plain share, which keeps it finite when all are
 * right; Newton's method on a strictly convex function. Null under `MIN_LABELS` labels.
 */
export function fitCalibration(key: CalibrationKey, labels: readonly CalibrationLabel[]): Calibration | null {
  if (labels.length < MIN_LABELS) return null;
  const points = labels.map(({ votesFor, votes, correct }) => ({
    x: logOdds(votesFor, votes),
    y: correct ? 1 : 0,
  }));
  let slope = 1;
  for (let step = 0; step < 100; step += 1) {
    let gradient = slope - 1;
    let curvature = 1;
    for (const { x, y } of points) {
      const p = sigmoid(slope * x);
      gradient += (p - y) * x;
      curvature += p * (1 - p) * x * x;
    }
    const change = gradient / curvature;
    slope = Math.min(MAX_SLOPE, Math.max(0, slope - Math.min(1, Math.max(-1, change))));
    if (Math.abs(change) < 1e-9) break;
  }
  const { model, promptVersion, votePolicy } = key;
  return { model, promptVersion, votePolicy, slope, labels: labels.length };
}

/** 0 to 1. */
export function calibrated(calibration: Calibration, votesFor: number, votes: number): number {
  return sigmoid(calibration.slope * logOdds(votesFor, votes));
}

/** True when the calibration was fitted for exactly this model, prompt and policy, on enough labels. */
export function applies(calibration: Calibration, key: CalibrationKey): boolean {
  return (
    calibration.labels >= MIN_LABELS &&
    calibration.model === key.model &&
    calibration.promptVersion === key.promptVersion &&
    calibration.votePolicy === key.votePolicy
  );
}

/** Log-odds of the share with half a vote for either side, so that 5 of 5 stays finite (Jeffreys' prior). */
function logOdds(votesFor: number, votes: number): number {
  return Math.log((votesFor + 0.5) / (votes - votesFor + 0.5));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
