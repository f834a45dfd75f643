import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  earlierTexts,
  type KnownProposal,
  revisionHash,
  syncProposals,
} from '../../../src/pipeline/proposals/revision.ts';
import { comment } from './threads.ts';

const detected = (id: number, body = 'x') => ({ comment: comment(id, body), source: 'heading' as const });

describe('revisionHash', () => {
  it('is the SHA-256 of the text', () => {
    expect(revisionHash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('ignores line ends and trailing space, and nothing else', () => {
    expect(revisionHash('a\r\nb\r\n \n')).toBe(revisionHash('a\nb'));
    expect(revisionHash(' a')).not.toBe(revisionHash('a'));
    expect(revisionHash('a\n\nb')).not.toBe(revisionHash('a\nb'));
  });
});

describe('earlierTexts', () => {
  const text = (hash: string, day: number) => ({ hash, visibleAt: new Date(Date.UTC(2026, 0, day)) });
  const hashes = (texts: readonly { hash: string }[]) => texts.map(({ hash }) => hash).join('');

  it('are those before the first on record, without repetitions', () => {
    const all = [text('a', 1), text('b', 2), text('b', 3), text('a', 4), text('c', 5), text('d', 6)];
    expect(hashes(earlierTexts(all, text('c', 5)))).toBe('aba');
    expect(hashes(earlierTexts(all, text('a', 1)))).toBe('');
    expect(earlierTexts([], text('a', 1))).toEqual([]);
  });

  it('do not repeat the first on record, whose time may be later or unknown', () => {
    const all = [text('a', 1), text('b', 2)];
    expect(hashes(earlierTexts(all, text('b', 9)))).toBe('a');
    expect(hashes(earlierTexts(all, { hash: 'b', visibleAt: null }))).toBe('a');
  });
});

describe('syncProposals', () => {
  const known: KnownProposal[] = [
    { number: 1, commentId: 10, hash: revisionHash('x'), dropped: false },
    { number: 2, commentId: 20, hash: revisionHash('x'), dropped: false },
    { number: 4, commentId: 40, hash: revisionHash('x'), dropped: true },
  ];

  it('numbers new ones by comment id, after every number ever given', () => {
    const sync = syncProposals([], [detected(30), detected(10)], 1);
    expect(sync.added.map(({ number, commentId }) => [number, commentId])).toEqual([
      [1, 10],
      [2, 30],
    ]);
    expect(sync.nextNumber).toBe(3);
    expect(syncProposals(known, [detected(50)], 6).added[0]?.number).toBe(6);
    expect(syncProposals(known, [detected(50)], 2).added[0]?.number).toBe(5);
  });

  it('tells revised, dropped and restored ones', () => {
    const sync = syncProposals(known, [detected(10, 'y'), detected(40, 'z')], 5);
    expect(sync.revised.map(({ number, previousHash }) => [number, previousHash])).toEqual([
      [1, revisionHash('x')],
      [4, revisionHash('x')],
    ]);
    expect(sync.dropped).toEqual([{ number: 2, commentId: 20 }]);
    expect(sync.restored.map(({ number, hash }) => [number, hash])).toEqual([[4, revisionHash('z')]]);
    expect(sync.added).toEqual([]);
  });

  it('settles: applying a diff leaves nothing to do, and numbers stay unique', () => {
    const state = fc.uniqueArray(
      fc.record({ id: fc.integer({ min: 1, max: 9 }), body: fc.constantFrom('x', 'y') }),
      {
        selector: ({ id }) => id,
      },
    );
    fc.assert(
      fc.property(fc.array(state, { maxLength: 6 }), (states) => {
        let record: KnownProposal[] = [];
        let next = 1;
        for (const comments of states) {
          const now = comments.map(({ id, body }) => detected(id, body));
          const sync = syncProposals(record, now, next);
          next = sync.nextNumber;
          record = apply(record, sync);
          const again = syncProposals(record, now, next);
          expect([again.added, again.revised, again.dropped, again.restored]).toEqual([[], [], [], []]);
        }
        expect(new Set(record.map(({ number }) => number)).size).toBe(record.length);
      }),
    );
  });
});

function apply(record: readonly KnownProposal[], sync: ReturnType<typeof syncProposals>): KnownProposal[] {
  const hashes = new Map(sync.revised.map(({ number, hash }) => [number, hash]));
  const dropped = new Set(sync.dropped.map(({ number }) => number));
  const restored = new Set(sync.restored.map(({ number }) => number));
  return [
    ...record.map((one) => ({
      ...one,
      hash: hashes.get(one.number) ?? one.hash,
      dropped: dropped.has(one.number) || (one.dropped && !restored.has(one.number)),
    })),
    ...sync.added.map(({ number, commentId, hash }) => ({ number, commentId, hash, dropped: false })),
  ];
}
