import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HtmlPiece, readHtml, shownText, unclosedIn } from '../../src/markdown/html.ts';
import { runs } from '../support/fuzz.ts';

/** `tag b`, `tag /b`, `text …`, `hidden …`. */
function told(piece: HtmlPiece): string {
  switch (piece.kind) {
    case 'tag':
      return `tag ${piece.isClosing ? '/' : ''}${piece.name}`;
    case 'text':
      return `${piece.isHidden ? 'hidden' : 'text'} ${piece.source}`;
    case 'unclosed':
      return `unclosed ${piece.in}`;
    case 'comment':
      return 'comment';
  }
}

describe('the pieces of raw HTML', () => {
  it.each([
    ['a <b>c</b>', ['text a ', 'tag b', 'text c', 'tag /b']],
    ['a < b && c', ['text a < b && c']],
    ['<!-- <b> -->x<!-->y<!--z--!>', ['comment', 'text x', 'comment', 'text y', 'comment']],
    ['<!DOCTYPE html><?php 1 > 2', ['comment', 'comment', 'text  2']],
    ['<p title="a > b" x=\'>\'>c', ['tag p', 'text c']],
    ['<script>a <b> c</script >d', ['tag script', 'hidden a <b> c', 'tag /script', 'text d']],
    [
      '<template>a<b>c</template>d',
      ['tag template', 'hidden a', 'tag b', 'hidden c', 'tag /template', 'text d'],
    ],
    ['<style>a', ['tag style', 'hidden a']],
    ['<textarea><b></textarea>', ['tag textarea', 'text <b>', 'tag /textarea']],
    ['a<div class=x', ['text a', 'tag div']],
    ['a < b <div title="x > y', ['text a < b ', 'unclosed attribute']],
    ['a<!-- b --', ['text a', 'unclosed comment']],
    ['a<!', ['text a', 'comment']],
    ['', []],
  ])('of %j', (html, pieces) => {
    expect(readHtml(html).map(told)).toEqual(pieces);
  });

  it('have attributes, of which the first of two counts', () => {
    const [tag] = readHtml('<A HREF="x?a=1&amp;b" href=y title>');
    expect(tag).toMatchObject({
      name: 'a',
      attributes: new Map([
        ['href', 'x?a=1&b'],
        ['title', ''],
      ]),
    });
  });

  it.each([
    ['comment', 'b <i> --> c', ['comment', 'text  c'], null],
    ['comment', 'b', ['unclosed comment'], 'comment'],
    ['attribute', 'b"> c', ['unclosed attribute'], 'attribute'],
  ] as const)('go on in an open %s', (inside, html, pieces, unclosed) => {
    expect(readHtml(html, inside).map(told)).toEqual(pieces);
    expect(unclosedIn(html, inside)).toBe(unclosed);
  });

  it('make up the text, whatever it is', () => {
    const unit = fc.constantFrom(
      '<',
      '>',
      '/',
      '!',
      '?',
      '--',
      '-',
      '"',
      "'",
      '=',
      'a',
      ' ',
      '\n',
      '\r',
      '\0',
      '😀',
      '\ud83d',
      '&amp;',
      '<script',
      '</script',
      '<title>',
      '[CDATA[',
      '\ufeff',
    );
    const text = fc.array(unit, { maxLength: 40 }).map((units) => units.join(''));
    fc.assert(
      fc.property(text, fc.constantFrom(null, 'comment', 'attribute'), (html, inside) => {
        const pieces = readHtml(html, inside);
        expect(pieces.map(({ source }) => source).join('')).toBe(html);
        for (const { from, to, source } of pieces) expect(html.slice(from, to)).toBe(source);
      }),
      runs(2_000),
    );
  });
});

describe('what a page shows', () => {
  it('is text without tags, comments and hidden elements', () => {
    expect(shownText('<p title="a">b<br>c <!-- d --><style>e</style> f < g')).toBe(' b c     f < g');
  });
});
