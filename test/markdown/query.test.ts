import { describe, expect, it } from 'vitest';
import { parseMarkdown } from '../../src/markdown/parse.ts';
import {
  codeBlocks,
  codeSpans,
  headings,
  links,
  plainText,
  sections,
  titles,
} from '../../src/markdown/query.ts';
import { processorClock } from '../support/processor-time.ts';
import { HOSTILE_GUARD_MS, HOSTILE_TO_PARSER } from './hostile.ts';

const texts = (found: readonly { readonly text: string }[]): string[] => found.map(({ text }) => text);

describe('titles', () => {
  const root = parseMarkdown(
    [
      '# One `code`',
      '',
      '**Two**',
      'text with **bold** inside',
      '***Three:*** ',
      '> # quoted',
      '',
      'Four',
      '---',
      '- ## Five',
    ].join('\n'),
  );

  it('finds headings outside quotes, setext ones and those in lists too', () => {
    expect(headings(root)).toEqual([
      { depth: 1, text: 'One code', line: 1 },
      { depth: 2, text: 'Four', line: 8 },
      { depth: 2, text: 'Five', line: 10 },
    ]);
  });

  it('adds lines that are bold and nothing else', () => {
    expect(texts(titles(root))).toEqual(['One code', 'Two', 'Three:', 'Four', 'Five']);
  });

  it('ignores emoji and punctuation around the bold text, but no words', () => {
    expect(texts(titles(parseMarkdown('🚀 **A**:\n\n**B** because\n\n**C** **D**')))).toEqual(['A']);
  });
});

describe('sections', () => {
  it('gives each title its own blocks and those of its subsections', () => {
    const found = sections(parseMarkdown('intro\n\n# A\n\na\n\n## B\n\nb\n\n**C**\nc\n\n# D\n'));
    expect(
      found.map(({ title, nodes, all }) => [title?.text ?? null, plainText(nodes), plainText(all)]),
    ).toEqual([
      [null, 'intro', 'intro'],
      ['A', 'a', 'aBbCc'],
      ['B', 'b', 'bCc'],
      ['C', 'c', 'c'],
      ['D', '', ''],
    ]);
  });

  it('can leave bold lines alone', () => {
    expect(sections(parseMarkdown('# A\n\n**C**\nc'), { boldLines: false })).toHaveLength(1);
  });

  it('finds nothing in nothing', () => {
    expect(sections(parseMarkdown(''))).toEqual([]);
  });
});

describe('code and links', () => {
  const root = parseMarkdown(
    '`a` and\n\n```ts\nb\n```\n\n[t](https://x.y/1) https://x.y/2). <https://x.y/3>, awww.no',
  );

  it('lists code', () => {
    expect(codeSpans(root)).toEqual(['a']);
    expect(codeBlocks(root).map(({ lang, value }) => [lang, value])).toEqual([['ts', 'b']]);
  });

  it('lists links and bare addresses without the punctuation behind them', () => {
    expect(links(root)).toEqual([
      { url: 'https://x.y/1', text: 't' },
      { url: 'https://x.y/2', text: 'https://x.y/2' },
      { url: 'https://x.y/3', text: 'https://x.y/3' },
    ]);
  });
});

it.each(HOSTILE_TO_PARSER)('parses and reads %s', (_name, text) => {
  const spent = processorClock();
  const root = parseMarkdown(text);
  titles(root);
  sections(root);
  links(root);
  plainText(root);
  expect(spent()).toBeLessThan(HOSTILE_GUARD_MS);
});
