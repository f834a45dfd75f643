import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardMarkdown, MAX_LENGTH, MAX_LINES } from '../../src/markdown/guard.ts';
import { runs } from '../support/fuzz.ts';

describe('guardMarkdown', () => {
  it('leaves ordinary text alone, however it is formatted', () => {
    const body = [
      '## Proposal <!-- hidden -->',
      '',
      '> > - quoted `<!--` and <b>html</b>',
      '* * * * * * * * * * * * * * * * * * * * * *',
      '| a | b |\r\n|---|---|\r\n| *x* | [y](z) |',
      '```ts\nconst a = [[[1]]] && b;\n```',
      'Setext\n---',
    ].join('\n');
    expect(guardMarkdown(body)).toBe(body);
  });

  it('replaces one for one, so that offsets hold', () => {
    const unit = fc.constantFrom(
      '>',
      '- ',
      '1. ',
      '*a',
      '[',
      ']',
      '<!--',
      '-->',
      '<?',
      '=\n',
      '\n\n',
      '```',
      '&',
      '\r',
      '\t',
      'x',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(unit, fc.integer({ min: 1, max: 1500 })), { maxLength: 12 }), (parts) => {
        const body = parts.map(([text, times]) => text.repeat(times)).join('');
        const guarded = guardMarkdown(body);
        const same = [...guarded].every((character, index) => {
          const original = body.charAt(index);
          return (
            character === original || character === '\uFFFD' || (original === '\r' && character === '\n')
          );
        });
        expect(same).toBe(true);
        const isCut = body.length > MAX_LENGTH || body.split(/\r\n?|\n/).length > MAX_LINES;
        expect(isCut || guarded.length === body.length).toBe(true);
      }),
      runs(60),
    );
  });

  it('limits nesting in one line and by indentation', () => {
    expect(guardMarkdown('>'.repeat(20))).toBe(`${'>'.repeat(16)}${'\uFFFD'.repeat(4)}`);
    expect(guardMarkdown(`${' '.repeat(120)}- a`)).toBe(`${' '.repeat(120)}\uFFFD a`);
  });

  it('limits delimiters between blank lines and counts anew after one', () => {
    const guarded = guardMarkdown(`${'*a'.repeat(1_200)}\n\n*b*`);
    expect(guarded.split('*').length - 1).toBe(1_002);
    expect(guarded.endsWith('\n\n*b*')).toBe(true);
  });

  it('keeps comments that close and block openings, and drops the early inline ones that do not', () => {
    const closed = `${'a <!-- '.repeat(150)} -->`;
    expect(guardMarkdown(closed)).toBe(closed);
    const blocks = '<!-- a\n'.repeat(150);
    expect(guardMarkdown(blocks)).toBe(blocks);
    expect(guardMarkdown('a <!-- '.repeat(150)).split('<!--').length - 1).toBe(100);
  });

  it('limits escaped runs of backticks', () => {
    expect(guardMarkdown('\\``a'.repeat(150)).split('\\').length - 1).toBe(100);
  });

  it('cuts at the limits of length and lines', () => {
    expect(guardMarkdown('a'.repeat(MAX_LENGTH + 5))).toHaveLength(MAX_LENGTH);
    expect(guardMarkdown('\n'.repeat(MAX_LINES + 5))).toHaveLength(MAX_LINES);
  });
});
