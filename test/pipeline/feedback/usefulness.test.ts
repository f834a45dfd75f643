import { expect, it } from 'vitest';
import {
  type ReviewableLabel,
  usefulnessOf,
  WORTH_A_LOOK,
} from '../../../src/pipeline/feedback/usefulness.ts';

const label = (change: Partial<ReviewableLabel> = {}): ReviewableLabel => ({
  verdict: 'proposal',
  confidence: 0.9,
  conflict: false,
  exposed: false,
  ownProposal: false,
  decidedBy: 'merge',
  ...change,
});

it('a person’s time goes to what is unsure, disputed and unexposed', () => {
  expect(usefulnessOf(label())).toBeLessThan(WORTH_A_LOOK);
  expect(usefulnessOf(label({ confidence: 0.5 }))).toBeGreaterThan(WORTH_A_LOOK);
  expect(usefulnessOf(label({ conflict: true }))).toBeGreaterThan(usefulnessOf(label()));
  expect(usefulnessOf(label({ confidence: 0.5, exposed: true }))).toBeLessThan(
    usefulnessOf(label({ confidence: 0.5 })),
  );
  expect(usefulnessOf(label({ verdict: 'not-the-choice' }))).toBeGreaterThan(WORTH_A_LOOK);
  expect(usefulnessOf(label({ confidence: 0.1, conflict: true, decidedBy: 'review' }))).toBe(0);
});
