import { describe, expect, it } from 'vitest';
import { applies, calibrated, fitCalibration } from '../../../../src/pipeline/judge/model/calibration.ts';
import { seededRandom } from '../../../../src/pipeline/judge/prompt/order.ts';

const key = { model: 'm', promptVersion: 'p', votePolicy: 'v' };
const repeat = (count: number, votesFor: number, correct: boolean) =>
  Array.from({ length: count }, () => ({ votesFor, votes: 5, correct }));

describe('calibration', () => {
  it('is not fitted on fewer than 100 labels', () => {
    expect(fitCalibration(key, repeat(99, 5, true))).toBeNull();
    expect(fitCalibration(key, repeat(100, 5, true))?.labels).toBe(100);
  });

  it('gives back how often a share was right', () => {
    const fitted = fitCalibration(key, [...repeat(700, 5, true), ...repeat(300, 5, false)]);
    expect(fitted && calibrated(fitted, 5, 5)).toBeCloseTo(0.7, 2);
    expect(fitted?.slope).toBeLessThan(1);
  });

  it('finds the slope that the labels were drawn with', () => {
    const random = seededRandom('calibration');
    const truth = { ...key, slope: 0.6, labels: 0 };
    const labels = Array.from({ length: 20_000 }, () => {
      const votesFor = 1 + Math.floor(random() * 5);
      return { votesFor, votes: 5, correct: random() < calibrated(truth, votesFor, 5) };
    });
    expect(fitCalibration(key, labels)?.slope).toBeCloseTo(0.6, 1);
  });

  it('stays finite when all labels are right, and at one half when shares say nothing', () => {
    const sure = fitCalibration(key, repeat(1_000, 5, true));
    expect(sure?.slope).toBeLessThanOrEqual(20);
    expect(sure && calibrated(sure, 5, 5)).toBeGreaterThan(0.99);
    const none = fitCalibration(key, [...repeat(5_000, 5, true), ...repeat(5_000, 5, false)]);
    expect(none && calibrated(none, 5, 5)).toBeCloseTo(0.5, 2);
  });

  it('keeps the order of shares', () => {
    const fitted = fitCalibration(key, [...repeat(90, 5, true), ...repeat(60, 3, false)]);
    expect(fitted && calibrated(fitted, 5, 5)).toBeGreaterThan(fitted ? calibrated(fitted, 3, 5) : 1);
  });

  it('applies to its own model, prompt and policy alone', () => {
    const fitted = { ...key, slope: 1, labels: 100 };
    expect(applies(fitted, key)).toBe(true);
    expect(applies({ ...fitted, labels: 99 }, key)).toBe(false);
    for (const name of ['model', 'promptVersion', 'votePolicy'] as const) {
      expect(applies({ ...fitted, [name]: 'other' }, key)).toBe(false);
    }
  });
});
