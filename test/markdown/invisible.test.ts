import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripHtmlComments, stripInvisible, wellFormed } from '../../src/markdown/invisible.ts';
import { processorClock } from '../support/processor-time.ts';
import { HOSTILE, HOSTILE_GUARD_MS } from './hostile.ts';

describe('stripInvisible', () => {
  it.each([
    ['zero width', 'a\u200Bb\u200Cc\u2060d\uFEFFe', 'abcde'],
    ['bidirectional controls', 'a\u202Eb\u2066c\u200Fd', 'abcd'],
    ['Unicode tags', `a${String.fromCodePoint(0xe0041, 0xe007f)}b`, 'ab'],
    ['variation selectors that carry data', `a\uFE00\uFE0F${String.fromCodePoint(0xe0100)}b`, 'ab'],
    ['a second selector behind an emoji', '❤\uFE0F\uFE0F', '❤\uFE0F'],
    ['soft hyphen and fillers', 'a\u00ADb\u3164c', 'abc'],
    ['control characters', 'a\u0000\u0007b\u009Fc', 'abc'],
    ['a joiner between letters', 'a\u200Db', 'ab'],
  ])('removes %s', (_name, text, expected) => {
    expect(stripInvisible(text)).toBe(expected);
  });

  it.each(['👩‍💻 👩🏽‍🚀 ❤️‍🔥 1️⃣', 'plain\ttext\r\nwith lines', 'naïve 日本語 نص'])('keeps %j', (text) => {
    expect(stripInvisible(text)).toBe(text);
  });

  it('changes nothing the second time', () => {
    const unit = fc.constantFrom('a', '1', '😀', '👩', '\u200D', '\uFE0F', '\u200B', '🏽', '\u202E');
    fc.assert(
      fc.property(fc.array(unit), (parts) => {
        const once = stripInvisible(parts.join(''));
        expect(stripInvisible(once)).toBe(once);
      }),
    );
  });
});

describe('stripHtmlComments', () => {
  it.each([
    ['a<!-- b -->c', 'ac'],
    ['a<!-->b<!--->c', 'abc'],
    ['a<!-- x\n\ny -->b<!--z-->', 'ab'],
    ['a\n<!-- never closed\nb', 'a\n'],
    ['say `<!--` to open', 'say `<!--` to open'],
    ['a <!-- b\n  <!-- c', 'a <!-- b\n  '],
    ['<!-- a --> b <!--', ' b <!--'],
  ])('%j', (text, expected) => {
    expect(stripHtmlComments(text)).toBe(expected);
  });
});

describe('wellFormed', () => {
  it('takes what a database refuses out', () => {
    expect(wellFormed('a\0b\ud83dc😀')).toBe('ab\uFFFDc😀');
  });

  it('gives text that survives UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const result = wellFormed(text);
        expect(Buffer.from(result, 'utf8').toString('utf8')).toBe(result);
        expect(result.includes('\0')).toBe(false);
      }),
    );
  });
});

it.each(HOSTILE)('survives %s', (_name, text) => {
  const spent = processorClock();
  stripInvisible(text);
  stripHtmlComments(text);
  wellFormed(text);
  expect(spent()).toBeLessThan(HOSTILE_GUARD_MS);
});
