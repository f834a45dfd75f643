import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/pipeline/judge/embedded/features.ts';
import { createEmbeddedJudge } from '../../../../src/pipeline/judge/embedded/judge.ts';
import { FEATURE_NAMES } from '../../../../src/pipeline/judge/embedded/weights.ts';
import { candidate, labelledThreads, thread } from './threads.ts';

const judge = createEmbeddedJudge();
/** Features that may know the order of posting. */
const BY_TIME = new Set(['order', 'pioneered', 'novelty', 'lateDuplicate', 'copied', 'lateEdits']);

const body = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        '## Proposal\n',
        '### Root cause\n',
        '### Changes\n',
        '```ts\n',
        '`formatTotal` in `src/a.ts` rounds each row, because it is called twice.\n',
        'We should add `sum` to `formatTotal`.\n',
        '- [ ] a list\n',
        '> quote\n',
        '<details>\n',
        '| a | b |\n| - | - |\n',
        'Maybe.\n\n',
        '**Tests:** add a test for `formatTotal`.\n',
      ),
      { maxLength: 15 },
    )
    .map((parts) => parts.join('')),
);

describe('the embedded judge, whatever the text', () => {
  it('gives probabilities that sum to 1 and a verdict that agrees with itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 6 }), async (bodies) => {
        const verdict = await judge.judge(thread(bodies));
        const sum = verdict.assessments.reduce((total, { probability }) => total + probability, 0);
        const best = verdict.assessments.reduce((a, b) => (b.probability > a.probability ? b : a));
        expect(sum).toBeCloseTo(1, 10);
        expect(verdict.forcedChoice).toBe(best.number);
        expect(verdict.chosen).toBe(verdict.abstained ? null : best.number);
        expect(verdict.abstainReason === null).toBe(!verdict.abstained);
        expect(verdict.goldenProposal === '').toBe(verdict.abstained);
        expect(verdict.confidence).toBeGreaterThanOrEqual(0);
        expect(verdict.confidence).toBeLessThanOrEqual(1);
        expect(verdict.explanation).not.toBe('');
      }),
      { numRuns: 150 },
    );
  });

  it('is deterministic', async () => {
    for (const one of labelledThreads().slice(0, 4)) {
      const [first, second] = [await judge.judge(one), await judge.judge(one)];
      expect({ ...second, votes: [] }).toEqual({ ...first, votes: [] });
    }
  });

  it('lets posting order matter only through what is about time', () => {
    for (const one of labelledThreads()) {
      const bodies = one.candidates.map((c) => c.body);
      const plain = { ...one, candidates: bodies.map((text, i) => candidate(i + 1, text)) };
      const turned = { ...one, candidates: bodies.toReversed().map((text, i) => candidate(i + 1, text)) };
      const [a, b] = [analyse(plain).proposals, analyse(turned).proposals.toReversed()];
      const copies = [...a, ...b].some(({ raw }) => raw.copied > 0);
      if (copies) continue; // what is copied is credited to whoever had it first, so there everything is about time
      for (const [index, proposal] of a.entries()) {
        for (const name of FEATURE_NAMES.filter((feature) => !BY_TIME.has(feature))) {
          expect(b[index]?.raw[name], `${one.name} ${name}`).toBeCloseTo(proposal.raw[name], 10);
        }
      }
    }
  });

  it('decides between two equal texts for the first', async () => {
    const [one] = labelledThreads();
    const text = one?.candidates[0]?.body ?? '';
    const verdict = await judge.judge(thread([text, text]));
    expect(verdict.forcedChoice).toBe(1);
    expect(verdict.assessments[1]?.weakness).toBe('Repeats proposal 1 nearly word for word.');
  });

  it('judges sixty proposals', async () => {
    const bodies = Array.from(
      { length: 60 },
      (_, i) =>
        `### Root cause\n\`load${i % 7}Rows\` in \`src/rows${i}.ts\` rounds.\n### Changes\nCall \`round${i}\` once in \`src/rows${i}.ts\`.`,
    );
    const verdict = await judge.judge(thread(bodies));
    expect(verdict.assessments).toHaveLength(60);
    expect(verdict.ideas.length).toBeLessThanOrEqual(12);
  });
});

describe('hostile text', () => {
  const SIZE = 65_536;
  const repeat = (unit: string): string => unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE);
  const units = [
    '[',
    '*a',
    '`',
    '> ',
    '- ',
    '1. ',
    '<!--',
    '<a ',
    '&amp;',
    '\\',
    '#',
    '|',
    '_a_',
    'a.b/',
    'aA',
    '`a` ',
    '. A',
    '\u200b',
    '😀',
    'https://a.b/',
    'a`b',
    '![',
    '](',
    '~~~\n',
    '```\n',
    'fooBar(',
    'e.g. ',
    '\n',
    '**a:**\n',
    'a_',
  ];

  // A guard against super-linear cost, not a speed test: quadratic code takes minutes here.
  it.each(units)(
    'takes %j repeated to 65,536 characters',
    async (unit) => {
      const verdict = await judge.judge(thread([repeat(unit), `### Root cause\n${repeat(unit)}`]));
      expect(verdict.assessments).toHaveLength(2);
    },
    5_000,
  );

  it('reads as much of an issue as can be written on GitHub, and no more', () => {
    const said = 'The `formatTotal` helper rounds each row of the cart before it adds them up.';
    const restated = (distance: number) => {
      const one = thread([said]);
      const issue = { ...one.issue, body: `${'x '.repeat(distance / 2)}${said}` };
      return analyse({ ...one, issue }).proposals[0]?.read.claims[0]?.restatesIssue;
    };
    expect([restated(60_000), restated(70_000)]).toEqual([true, false]);
  });
});
