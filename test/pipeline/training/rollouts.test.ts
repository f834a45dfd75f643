import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRollouts } from '../../../src/pipeline/training/rollouts.ts';

const answered = (text: string) => `<think>\nProposal 1.\n</think>\n\n${text}`;
const line = (change: object = {}) =>
  JSON.stringify({
    step: ['4', '4'],
    prompt: ['p', 'p'],
    completion: [
      answered('{"best_proposal_id": 2, "explanation": ""}'),
      answered('{"best_proposal_id": null}'),
    ],
    Selection: [1, 0],
    Grounding: [0.5, null],
    advantages: ['0.25', -0.25],
    ...change,
  });

describe('readRollouts', () => {
  it('gives each sample its step, rewards and choice', () => {
    expect(readRollouts([line()])).toMatchObject([
      { step: 4, rewards: { Selection: 1, Grounding: 0.5 }, advantage: 0.25, chosen: 2 },
      { step: 4, rewards: { Selection: 0, Grounding: null }, advantage: -0.25, chosen: null },
    ]);
  });

  it('lists the samples of several updates once', () => {
    const second = line({ completion: ['a', 'b'] });
    expect(readRollouts([line(), line({ step: ['5', '5'] }), second])).toHaveLength(4);
  });

  it.each([
    ['no object', 'Proposal 2.'],
    ['an object that never ends', '{"best_proposal_id": 2'],
    ['an object that is no JSON', '{"best_proposal_id": two}'],
    ['an id that is a text', '{"best_proposal_id": "2"}'],
    ['no id', '{"explanation": ""}'],
  ])('reads no choice out of %s', (_what, text) => {
    const [rollout] = readRollouts([line({ completion: [answered(text), 'x'] })]);
    expect(rollout?.chosen).toBeUndefined();
  });

  it('passes over what is being written, and never throws', () => {
    expect(readRollouts([line().slice(0, 40), '{}', line()])).toHaveLength(2);
    fc.assert(fc.property(fc.string(), fc.json(), (one, other) => void readRollouts([one, other])));
  });
});
