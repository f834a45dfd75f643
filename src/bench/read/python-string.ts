/** One Python string literal: prefix, quotes, escapes. */

/** Where a string starts: an optional prefix and a quote. f-strings are no literals. */
export const STRING_START = /(?:[rR][bB]?|[bB][rR]?|[uU])?['"]/y;

type Fail = (problem: string, at: number) => Error;

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\n', ''],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

interface Quoting {
  readonly quote: string;
  readonly triple: boolean;
  readonly raw: boolean;
  readonly bytes: boolean;
  /** Where the text after the opening quotes starts. */
  readonly start: number;
}

/**
 * Reads the string that starts at `at`, where STRING_START has matched. Bytes are read as Latin-1.
 * @param fail makes the error to throw
 * @returns the value, whether it was written as bytes, and the offset just after the closing quote
 */
export function readString(
  text: string,
  at: number,
  fail: Fail,
): { value: string; bytes: boolean; end: number } {
  const quoting = quotingAt(text, at);
  const plain = quoting.quote === "'" ? /[^'\\\r\n]+/y : /[^"\\\r\n]+/y;
  const closing = quoting.quote.repeat(quoting.triple ? 3 : 1);
  const parts: string[] = [];
  let position = quoting.start;
  while (!text.startsWith(closing, position)) {
    const char = text[position];
    if (char === undefined) throw fail('a string is not closed', at);
    plain.lastIndex = position;
    const run = plain.exec(text)?.[0];
    const piece =
      run === undefined ? special(text, position, quoting, fail) : { value: run, length: run.length };
    parts.push(piece.value);
    position += piece.length;
  }
  return { value: parts.join(''), bytes: quoting.bytes, end: position + closing.length };
}

function quotingAt(text: string, at: number): Quoting {
  STRING_START.lastIndex = at;
  const opening = STRING_START.exec(text)?.[0] ?? '';
  const quote = opening.slice(-1);
  const prefix = opening.slice(0, -1).toLowerCase();
  const triple = text.startsWith(quote.repeat(3), at + prefix.length);
  return {
    quote,
    triple,
    raw: prefix.includes('r'),
    bytes: prefix.includes('b'),
    start: at + prefix.length + (triple ? 3 : 1),
  };
}

/** A line break, a quote that does not close, or a backslash. */
function special(text: string, at: number, quoting: Quoting, fail: Fail): { value: string; length: number } {
  const char = text[at] ?? '';
  if (char === '\\') return escapeAt(text, at, quoting, fail);
  if (char === quoting.quote) return { value: char, length: 1 };
  if (!quoting.triple) throw fail('a string is not closed on its line', at);
  return { value: '\n', length: text.startsWith('\r\n', at) ? 2 : 1 }; // Python reads every line break as \n.
}

function escapeAt(text: string, at: number, quoting: Quoting, fail: Fail): { value: string; length: number } {
  const next = text.startsWith('\r\n', at + 1) ? '\r\n' : (text[at + 1] ?? '');
  if (next === '') throw fail('a string is not closed', at);
  const isBreak = next === '\n' || next === '\r' || next === '\r\n';
  if (quoting.raw) return { value: `\\${isBreak ? '\n' : next}`, length: 1 + next.length };
  const simple = SIMPLE_ESCAPES.get(isBreak ? '\n' : next);
  if (simple !== undefined) return { value: simple, length: 1 + next.length };
  if (/[0-7]/.test(next)) return octal(text, at, quoting.bytes ? 0xff : 0x1ff);
  const digits = quoting.bytes && next !== 'x' ? undefined : HEX_DIGITS.get(next);
  if (digits !== undefined) return hexadecimal(text, at, digits, fail);
  if (next === 'N' && !quoting.bytes) throw fail('\\N{…} names a character, which is not supported', at);
  return { value: `\\${next}`, length: 2 }; // Python keeps an unknown escape as it is.
}

/** @param mask Python drops the ninth bit in bytes */
function octal(text: string, at: number, mask: number): { value: string; length: number } {
  const digits = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0] ?? '';
  return { value: String.fromCodePoint(Number.parseInt(digits, 8) & mask), length: 1 + digits.length };
}

function hexadecimal(text: string, at: number, count: number, fail: Fail): { value: string; length: number } {
  const digits = text.slice(at + 2, at + 2 + count);
  const code = Number.parseInt(digits, 16);
  if (digits.length < count || !/^[\da-fA-F]+$/.test(digits) || code > 0x10ffff) {
    throw fail(`\\${text[at + 1]} needs ${count} hexadecimal digits of a character`, at);
  }
  return { value: String.fromCodePoint(code), length: 2 + count };
}
