import { describe, expect, it } from 'vitest';
import { compareDecisions } from '../../../src/pipeline/promotion/disagreements.ts';
import type { SharedDecision, SharedLabel } from '../../../src/pipeline/promotion/types.ts';

const label = (change: Partial<SharedLabel> = {}): SharedLabel => ({
  verdict: 'proposal',
  proposalNumber: 1,
  reasonClass: 'technical',
  confidence: 0.8,
  exposed: false,
  ...change,
});

/** A negative number abstains from that choice. */
const answer = (choice: number) => ({ chosen: Math.abs(choice), abstained: choice < 0 });

function decision(issue: number, a: number, b: number, its: SharedLabel | null): SharedDecision {
  return {
    snapshotId: `snapshot-${issue}`,
    repository: 'acme/shop',
    issue,
    title: 'It fails',
    proposals: 3,
    a: answer(a),
    b: answer(b),
    label: its,
  };
}

describe('compareDecisions', () => {
  it('leaves out what did not change, and begins with what got worse', () => {
    const { shared, disagreements, counts } = compareDecisions([
      decision(1, 1, 1, label()),
      decision(2, 2, 3, label()),
      decision(3, 2, 1, label()),
      decision(4, 1, 2, label()),
      decision(5, 1, 2, null),
      decision(6, 1, -1, label()),
    ]);
    expect(shared).toBe(6);
    expect(disagreements.map(({ issue, right }) => [issue, right])).toEqual([
      [4, 'a'],
      [3, 'b'],
      [2, 'neither'],
      [6, 'both'],
      [5, 'unknown'],
    ]);
    expect(counts).toEqual({ a: 1, b: 1, both: 1, neither: 1, unknown: 1 });
  });

  it('puts unexposed and surer labels first', () => {
    const { disagreements } = compareDecisions([
      decision(1, 1, 2, label({ exposed: true, confidence: 0.99 })),
      decision(2, 1, 2, label({ confidence: 0.6 })),
      decision(3, 1, 2, label({ confidence: 0.9 })),
    ]);
    expect(disagreements.map(({ issue }) => issue)).toEqual([3, 2, 1]);
  });

  it('takes whoever abstains for right where none was acceptable', () => {
    const none = label({ verdict: 'none-acceptable', proposalNumber: null });
    expect(compareDecisions([decision(1, -1, 1, none)]).disagreements[0]?.right).toBe('a');
  });

  it('believes nobody where only the choice was refused', () => {
    const refused = label({ verdict: 'not-the-choice', proposalNumber: null });
    expect(compareDecisions([decision(1, 2, 1, refused)]).counts.unknown).toBe(1);
  });
});
