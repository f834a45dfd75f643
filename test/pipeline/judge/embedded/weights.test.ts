import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { softmax, standardise } from '../../../../src/pipeline/judge/embedded/logit.ts';
import {
  FEATURE_NAMES,
  FEATURES,
  HAND_WEIGHTS,
  vectorFrom,
} from '../../../../src/pipeline/judge/embedded/weights.ts';

const DOCS = readFileSync(new URL('../../../../docs/embedded-judge.md', import.meta.url), 'utf8');

describe('the weights', () => {
  it.each(FEATURE_NAMES)('%s has a reason and stands in the documentation with weight and scale', (name) => {
    expect(FEATURES[name].reason.length).toBeGreaterThan(40);
    const { weight, scale } = FEATURES[name];
    expect(DOCS).toContain(`| \`${name}\` | ${weight} | ${scale} |`);
  });
});

describe('standardise', () => {
  it('keeps small differences small and large ones within 1', () => {
    const rows = [0, 0.01, 1000].map((value) => vectorFrom(() => value));
    const [a, b, c] = standardise(rows).map(({ order }) => order);
    expect(Math.abs((a ?? 0) - (b ?? 0))).toBeLessThan(0.001);
    expect(c).toBeLessThanOrEqual(1);
    expect(c).toBeGreaterThan(0.8);
  });

  it('gives 0 where all proposals are equal', () => {
    expect(standardise([HAND_WEIGHTS, HAND_WEIGHTS])).toEqual([vectorFrom(() => 0), vectorFrom(() => 0)]);
  });
});

describe('softmax', () => {
  it('does not overflow', () => {
    expect(softmax([1000, 999])[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    expect(softmax([])).toEqual([]);
  });
});
