import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SWE_LANCER } from '../../../src/pipeline/dataset/benchmarks.ts';
import { type Benchmark, createDecontaminator } from '../../../src/pipeline/dataset/decontaminate.ts';
import {
  createDuplicateIndex,
  NEAR_DUPLICATE_SIMILARITY,
  signatureOf,
  signaturesOf,
  similarity,
} from '../../../src/pipeline/dataset/near-duplicates.ts';
import { shingles } from '../../../src/pipeline/dataset/shingles.ts';
import type { JudgeInput } from '../../../src/pipeline/judge/types.ts';
import { candidate } from './threads.ts';

const words = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `word${from + index}`).join(' ');

function thread(change: {
  repository?: string;
  number?: number;
  body?: string;
  proposal?: string;
}): JudgeInput {
  const { repository = 'acme/widgets', number = 1, body = '', proposal = 'short' } = change;
  return {
    repository,
    issue: { number, title: 'A title', body },
    candidates: [candidate(1, 'ann', proposal)],
  };
}

describe('shingles', () => {
  it('are the runs of words, whatever stands between the words', () => {
    expect(shingles('A b, c!', 2)).toEqual(shingles('a  B\nc', 2));
    expect(shingles('a b', 3)).toEqual([]);
    expect(new Set(shingles(words(0, 5_000), 5)).size).toBe(4_996);
  });
});

describe('near-duplicates', () => {
  it('are estimated within the error of the method', () => {
    // 400 of 600 different runs are common.
    const [a, b] = [signatureOf(words(0, 504)), signatureOf(words(100, 504))];
    if (!a || !b) throw new Error('no signature');
    expect(Math.abs(similarity(a, b) - 400 / 600)).toBeLessThan(0.13);
    expect(similarity(a, a)).toBe(1);
  });

  it('find a lightly edited copy of the issue, and of the whole thread', () => {
    const index = createDuplicateIndex();
    index.add('one', signaturesOf(thread({ body: words(0, 200), proposal: words(1_000, 50) })));
    index.add('two', signaturesOf(thread({ body: words(5_000, 20), proposal: words(2_000, 300) })));
    const edited = words(0, 200).replace('word90 ', 'changed ');
    expect(index.find(signaturesOf(thread({ body: edited, proposal: words(9_000, 80) })))).toEqual(['one']);
    const moved = thread({ body: words(7_000, 20), proposal: words(2_000, 300) });
    expect(index.find(signaturesOf(moved))).toEqual(['two']);
    expect(index.find(signaturesOf(thread({ body: words(8_000, 200) })))).toEqual([]);
  });

  it('are found whatever the text, and short texts are not compared', () => {
    const text = fc.array(fc.stringMatching(/^[a-z]{3,8}$/), { minLength: 14, maxLength: 60 });
    fc.assert(
      fc.property(text, (some) => {
        const body = some.join(' ');
        const index = createDuplicateIndex();
        index.add('it', signaturesOf(thread({ body })));
        const repeats = new Set(shingles(`a title ${body}`, 5)).size >= 8;
        expect(index.find(signaturesOf(thread({ body })))).toEqual(repeats ? ['it'] : []);
      }),
      { numRuns: 50 },
    );
    expect(signatureOf('too short to tell')).toBeNull();
    expect(NEAR_DUPLICATE_SIMILARITY).toBeLessThan(1);
  });
});

describe('decontamination', () => {
  const benchmark: Benchmark = {
    name: 'exam',
    sha256: 'x',
    repositories: [],
    guardedBelow: null,
    issues: [{ repository: 'acme/widgets', number: 5 }],
    texts: [
      [`${words(0, 30)} template ${words(90_000, 30)}`],
      [`other ${words(90_000, 30)}`],
      [`third ${words(90_000, 30)}`],
    ],
  };
  const touches = createDecontaminator([SWE_LANCER, benchmark]);

  it('knows the issues a benchmark names', () => {
    expect(touches(thread({ number: 5 }))).toEqual([{ benchmark: 'exam', rule: 'listed' }]);
    expect(touches(thread({ number: 6 }))).toEqual([]);
    expect(touches(thread({ number: 5, repository: 'acme/other' }))).toEqual([]);
  });

  it('guards the range from which SWE-Lancer was drawn, under every name of the repository', () => {
    const rule = (repository: string, number: number) => touches(thread({ repository, number }))[0]?.rule;
    expect(rule('Expensify/App', 14958)).toBe('listed');
    expect(rule('expensify/app', 30_000)).toBe('range');
    expect(rule('Expensify/ReactNativeChat', 30_000)).toBe('range');
    expect(rule('Expensify/App', 60_000)).toBeUndefined();
    expect(rule('Expensify/react-native-onyx', 100)).toBeUndefined();
  });

  it('finds a copied passage in the issue or in a proposal', () => {
    expect(touches(thread({ body: `before ${words(4, 20)} after` }))[0]?.rule).toBe('text');
    expect(touches(thread({ proposal: words(4, 20) }))[0]?.rule).toBe('text');
    expect(touches(thread({ body: words(4, 13) }))).toEqual([]);
  });

  it('does not take the issue template for a copy', () => {
    expect(touches(thread({ body: words(90_000, 30) }))).toEqual([]);
  });
});
