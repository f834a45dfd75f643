import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyComment, detectProposals } from '../../../src/pipeline/proposals/detect.ts';
import { DEFAULT_HEADINGS } from '../../../src/pipeline/proposals/headings.ts';
import { HOSTILE_GUARD_MS, HOSTILE_TO_READERS } from '../../markdown/hostile.ts';
import { processorClock } from '../../support/processor-time.ts';
import { comment, thread } from './threads.ts';

const classify = (body: string): string => classifyComment(body, DEFAULT_HEADINGS);
const TEMPLATE = [
  '### Please re-state the problem that we are trying to solve in this issue.',
  'The basket loses items.',
  '### What is the root cause of that problem?',
  'The cache is written before the basket is.',
  '### What changes do you think we should make in order to solve the problem?',
  'Write it after.',
].join('\n');

describe('classifyComment', () => {
  it.each([
    '## Proposal\nWrite the cache later.',
    '# PROPOSAL:\nx',
    '###### 📣 proposal 🚀\nx',
    '## **Proposal**\nx',
    '**Proposal**\nx',
    '***Proposal:*** \nx',
    'Proposal\n---\nx',
    'Proposal\n===\nx',
    '## Proposal 2\nx',
    '## Proposal #3\nx',
    '## Updated Proposal\nx',
    '## Proposal (v2)\nx',
    '## Pro\u200Bposal\nx',
    '## :rocket: Proposal\nx',
    'Hello!\n\n## Proposal',
    TEMPLATE,
    '**Problem**\nx\n**Root cause:**\ny',
    '## RCA\nx\n\n## Solution\ny',
    '## Restating the problem\nx\n\n## Proposed fix\ny',
  ])('takes %j as a proposal', (body) => {
    expect(classify(body)).toBe('proposal');
  });

  it.each([
    'I have a proposal: write it later.',
    'Proposal\n\nnot even bold',
    '## Proposal review\nx',
    '## Proposals\nx',
    '**Proposal** is missing here',
    '> ## Proposal\n> x\n\nI like this one.',
    '> **Problem**\n> x\n\n> **Root cause**\n> y',
    '```md\n## Proposal\n```\nUse this template.',
    '    ## Proposal',
    '`## Proposal`',
    '<!-- ## Proposal -->\nhello',
    '<!--\n\n## Proposal\n\n-->\nhello',
    '## Problem\nx\n\n## Restating the problem\nonly one kind',
    '## No problem on staging\nx\n\n## Changes\ny',
    'The root cause is a problem, what changes?',
    '',
  ])('takes %j as chatter', (body) => {
    expect(classify(body)).toBe('other');
  });

  it.each([
    '## Proposal [Updated](https://github.com/acme/shop/issues/7#issuecomment-1)',
    '## Proposal\n\n[Updated](https://github.com/acme/shop/issues/7#issuecomment-1) with your remarks, please look.',
    '**Updated proposal**\nhttps://github.com/acme/shop/issues/7#issuecomment-1',
  ])('takes %j as a pointer', (body) => {
    expect(classify(body)).toBe('pointer');
  });

  it.each([
    '## Proposal\nAs in https://github.com/acme/shop/issues/7#issuecomment-1, but:\n```js\nsave();\n```',
    `## Proposal\nUnlike https://github.com/acme/shop/issues/7#issuecomment-1 ${'I would write the cache later. '.repeat(5)}`,
    `## Proposal\n${TEMPLATE}\nhttps://github.com/acme/shop/issues/7#issuecomment-1`,
  ])('takes %j as a proposal in spite of its link', (body) => {
    expect(classify(body)).toBe('proposal');
  });

  it('takes its phrases from the options', () => {
    const headings = { problem: ['Was ist kaputt'], rootCause: ['Ursache'], changes: ['Lösung'] };
    const body = '## Was ist kaputt?\nx\n\n## Ursache\ny';
    expect(classifyComment(body, headings)).toBe('proposal');
    expect(classify(body)).toBe('other');
    expect(classifyComment(TEMPLATE, headings)).toBe('other');
  });

  it('does not care how the word is written', () => {
    const noise = fc.constantFrom('', ' ', '🚀 ', '— ', '"', '✨');
    const word = fc.constantFrom('proposal', 'Proposal', 'PROPOSAL', 'PrOpOsAl');
    fc.assert(
      fc.property(noise, word, noise, fc.integer({ min: 1, max: 6 }), (before, text, after, depth) => {
        expect(classify(`${'#'.repeat(depth)} ${before}${text}${after}\n\nWrite it later.`)).toBe('proposal');
      }),
    );
  });

  it('never throws', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('## Proposal', '**Problem**', '\n', '> ', '```', '<!--', '[a]('),
    );
    fc.assert(
      fc.property(fc.array(unit), (parts) => {
        expect(['proposal', 'pointer', 'other']).toContain(classify(parts.join('')));
      }),
    );
  });

  it.each(HOSTILE_TO_READERS)('survives %s', (_name, text) => {
    const spent = processorClock();
    classify(text);
    expect(spent()).toBeLessThan(HOSTILE_GUARD_MS);
  });
});

describe('detectProposals', () => {
  const options = { headings: DEFAULT_HEADINGS, ownAppId: 99 };
  const found = (
    comments: Parameters<typeof thread>[0],
    more = {},
    listed: readonly number[] | null = null,
  ) =>
    detectProposals(thread(comments, listed), { ...options, ...more }).map(({ comment: { id }, source }) => [
      id,
      source,
    ]);

  it('finds proposals in posting order, two by one author included', () => {
    expect(found([comment(3, '## Proposal 2\nb'), comment(1, TEMPLATE), comment(2, 'nice')])).toEqual([
      [1, 'template'],
      [3, 'heading'],
    ]);
  });

  it('counts other bots, but neither our own comments nor hidden ones', () => {
    const bot = { author: { id: 5, login: 'helper[bot]', isBot: true } };
    expect(
      found(
        [
          comment(1, '## Proposal\na', { ...bot, appId: 12 }),
          comment(2, '## Proposal\nb', { ...bot, appId: 99 }),
          comment(3, '## Proposal\nc', { minimized: true }),
        ],
        { addedCommentIds: [2, 3] },
      ),
    ).toEqual([[1, 'heading']]);
  });

  it('adds comments by hand and keeps what the rule said of the others', () => {
    expect(
      found([comment(1, 'just write it later'), comment(2, '## Proposal\nx')], {
        addedCommentIds: [1, 2, 404],
      }),
    ).toEqual([
      [1, 'manual'],
      [2, 'heading'],
    ]);
  });

  it('takes listed candidates as given, and only them', () => {
    expect(found([comment(1, 'chatter'), comment(2, '## Proposal\nx')], {}, [1])).toEqual([[1, 'listed']]);
    expect(found([comment(1, '## Proposal\nx')], {}, [])).toEqual([]);
  });

  it('knows no own comments without an App', () => {
    expect(found([comment(1, '## Proposal\nx')], { ownAppId: null })).toEqual([[1, 'heading']]);
  });
});
