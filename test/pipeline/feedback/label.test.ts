import { describe, expect, it } from 'vitest';
import { type LabelSignal, resolveLabel } from '../../../src/pipeline/feedback/label.ts';

let minute = 0;
function signal(change: Partial<LabelSignal> = {}): LabelSignal {
  minute += 1;
  return {
    id: `s${minute}`,
    polarity: 'accept',
    proposalNumber: 1,
    weight: 1,
    exposed: true,
    withdrawn: false,
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, minute)),
    ...change,
  };
}

describe('resolveLabel', () => {
  it('is nothing without a standing signal', () => {
    expect(resolveLabel([])).toBeNull();
    expect(resolveLabel([signal({ withdrawn: true })])).toBeNull();
  });

  it('takes an acceptance as the label, with the confidence of one voice', () => {
    expect(resolveLabel([signal()])).toMatchObject({
      verdict: 'proposal',
      proposalNumber: 1,
      confidence: 2 / 3,
      conflict: false,
    });
  });

  it('lets the latest signal decide and marks the conflict', () => {
    const label = resolveLabel([signal(), signal({ polarity: 'override', proposalNumber: 2 })]);
    expect(label).toMatchObject({ proposalNumber: 2, conflict: true, confidence: 1 / 2 });
    expect(label?.signalIds).toHaveLength(2);
  });

  it('grows surer when several agree', () => {
    expect(resolveLabel([signal(), signal(), signal()])?.confidence).toBe(4 / 5);
  });

  it('knows of a rejection only what is wrong, and of an accepted abstention that none is right', () => {
    expect(resolveLabel([signal({ polarity: 'reject', proposalNumber: null })])?.verdict).toBe(
      'not-the-choice',
    );
    expect(resolveLabel([signal({ proposalNumber: null })])?.verdict).toBe('none-acceptable');
  });

  it('is exposed when any agreeing author could have seen the choice', () => {
    expect(resolveLabel([signal({ exposed: false })])?.exposed).toBe(false);
    expect(resolveLabel([signal({ exposed: true }), signal({ exposed: false })])?.exposed).toBe(true);
    expect(
      resolveLabel([signal({ proposalNumber: 3, exposed: true }), signal({ exposed: false })])?.exposed,
    ).toBe(false);
  });
});
