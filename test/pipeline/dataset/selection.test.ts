import { describe, expect, it } from 'vitest';
import { hasConsent } from '../../../src/pipeline/dataset/consent.ts';
import { HOLDOUT_SHARE, splitOf } from '../../../src/pipeline/dataset/holdout.ts';
import {
  leaveOut,
  type SelectionFacts,
  TRAINED_REASON_CLASSES,
} from '../../../src/pipeline/dataset/selection.ts';
import { thread } from './threads.ts';

const yes = { isPrivate: false, repository: true, installation: null, operator: false };
const facts: SelectionFacts = {
  consent: yes,
  label: { verdict: 'proposal', conflict: false },
  droppedNumbers: [],
  forgottenAuthor: false,
  leaked: false,
};
const rules = { reasonClasses: TRAINED_REASON_CLASSES, minConfidence: 0.3 };
const labelled = (change: object) => ({ ...thread, label: { ...thread.label, ...change } });

describe('hasConsent', () => {
  it.each([
    // private, repository, installation, operator
    [false, null, null, false, false],
    [false, null, null, true, true],
    [false, null, true, false, true],
    [false, null, false, true, false],
    [false, true, false, false, true],
    [false, false, true, true, false],
    [true, null, null, true, false],
    [true, null, true, true, false],
    [true, true, null, false, true],
    [true, false, true, true, false],
  ])(
    'private %s, repository %s, installation %s, operator %s: %s',
    (isPrivate, repository, installation, operator, expected) => {
      expect(hasConsent({ isPrivate, repository, installation, operator })).toBe(expected);
    },
  );
});

describe('leaveOut', () => {
  it('takes what consents and is sound', () => {
    expect(leaveOut(thread, facts, rules)).toBeNull();
    expect(leaveOut(labelled({ best: null, reasonClass: 'none' }), facts, rules)).toBeNull();
  });

  it.each([
    ['no-consent', thread, { consent: { ...yes, repository: false } }],
    ['deleted-comment', thread, { droppedNumbers: [2] }],
    ['forgotten-author', thread, { forgottenAuthor: true }],
    ['no-proposals', { ...thread, input: { ...thread.input, candidates: [] } }, {}],
    ['no-target', thread, { label: { verdict: 'not-the-choice', conflict: false } }],
    ['no-target', labelled({ best: 9 }), {}],
    ['leaked-outcome', thread, { leaked: true }],
    ['reason-class', labelled({ reasonClass: 'priority' }), {}],
    ['reason-class', labelled({ reasonClass: 'policy' }), {}],
    ['reason-class', labelled({ reasonClass: 'split' }), {}],
    ['contradictory', labelled({ confidence: 0.4 }), { label: { verdict: 'proposal', conflict: true } }],
    ['low-confidence', labelled({ confidence: 0.2 }), {}],
  ] as const)('%s', (reason, given, change) => {
    expect(leaveOut(given, { ...facts, ...change }, rules)).toBe(reason);
  });
});

describe('splitOf', () => {
  it('is the same for ever: a change would train on what was held out', () => {
    const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
    const holdout = numbers.filter((number) => splitOf(7, number) === 'holdout');
    expect(holdout).toMatchInlineSnapshot(`
      [
        2,
        4,
        12,
        21,
        22,
        23,
        29,
        32,
        33,
        37,
      ]
    `);
  });

  it('holds out its share', () => {
    const issues = Array.from({ length: 20_000 }, (_, index) => splitOf(index % 13, index));
    const share = issues.filter((split) => split === 'holdout').length / issues.length;
    expect(Math.abs(share - HOLDOUT_SHARE)).toBeLessThan(0.015);
  });
});
