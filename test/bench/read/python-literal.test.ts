import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Literal,
  LiteralSyntaxError,
  parseLiteral,
  parsePythonLiteral,
} from '../../../src/bench/read/python-literal.ts';
import { runs } from '../../support/fuzz.ts';
import { processorClock } from '../../support/processor-time.ts';

/** Writes a value as Python's `repr` does. */
function repr(value: Literal): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return reprNumber(value);
  if (typeof value === 'string') return reprString(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, one]) => `${reprString(key)}: ${repr(one)}`)
    .join(', ')}}`;
}

/** Numbers beyond the safe integers can only have been floats. */
function reprNumber(value: number): string {
  const written = Object.is(value, -0) ? '-0' : String(value);
  return Number.isSafeInteger(value) && written !== '-0'
    ? written
    : /[.e]/.test(written)
      ? written
      : `${written}.0`;
}

function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\'"\n\r\t]|[^\x20-\x7e]/g, (char) => {
    if (char === quote || char === '\\') return `\\${char}`;
    if (char === '\n') return '\\n';
    if (char === '\r') return '\\r';
    if (char === '\t') return '\\t';
    const code = char.charCodeAt(0);
    if (char === '"' || char === "'") return char;
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `${quote}${escaped}${quote}`;
}

describe('values', () => {
  it.each<[string, Literal]>([
    ['None', null],
    [' True ', true],
    ['[False, None,]', [false, null]],
    ['()', []],
    ['(1)', 1],
    ['(1,)', [1]],
    ['(1, 2)', [1, 2]],
    ['{1, 2}', [1, 2]],
    ['set()', []],
    ['{}', {}],
    [
      "{'a': {'b': (1, [2.5])}, 3: None, None: 1, True: 0,}",
      { a: { b: [1, [2.5]] }, 3: null, None: 1, True: 0 },
    ],
    ["{'a': 1, 'a': 2}", { a: 2 }],
    ['[1, # a remark\n 2]', [1, 2]],
    ['-7', -7],
    ['+1_000', 1000],
    ['0xFF', 255],
    ['0o17', 15],
    ['0b101', 5],
    ['1e3', 1000],
    ['.5', 0.5],
    ['5.', 5],
    ['8000.0', 8000],
    ['-2E-7', -2e-7],
  ])('reads %s', (text, value) => {
    expect(parsePythonLiteral(text)).toEqual(value);
  });

  it('keeps a key that is a name of the prototype', () => {
    const value = parsePythonLiteral("{'__proto__': 1}");
    expect(Object.entries(value as object)).toEqual([['__proto__', 1]]);
  });
});

describe('strings', () => {
  it.each<[string, string]>([
    [String.raw`'it\'s'`, "it's"],
    [`"it's"`, "it's"],
    [String.raw`'\x41\u00e9\U0001F4DA'`, 'Aé📚'],
    [String.raw`'\101\0\18'`, 'A\0\u00018'],
    [String.raw`'\a\b\f\n\r\t\v\\\"'`, '\x07\b\f\n\r\t\v\\"'],
    [String.raw`'a\d+'`, String.raw`a\d+`],
    [String.raw`r'\n\''`, String.raw`\n\'`],
    [String.raw`Rb'\x41'`, String.raw`\x41`],
    [String.raw`b'\x41\377\u0041'`, String.raw`Aÿ\u0041`],
    [`u'é'`, 'é'],
    [`'a' "b" r'c'`, 'abc'],
    [`('a'\n  'b')`, 'ab'],
    [`'''it's "so"\nand so'''`, `it's "so"\nand so`],
    [`"""a""b\r\nc"""`, 'a""b\nc'],
    ["'a\\\nb'", 'ab'],
    [`''`, ''],
    [`''''''`, ''],
    [String.raw`'\ud83d\udcda'`, '📚'],
  ])('reads %s', (text, value) => {
    expect(parsePythonLiteral(text)).toBe(value);
  });
});

describe('refuses', () => {
  it.each([
    ['', 'unexpected end'],
    ['[1', 'expected "," or "]"'],
    ['[1 2]', 'expected'],
    ['1 2', 'unexpected text'],
    ["{'a' 1}", 'expected'],
    ["{'a': 1, 2}", 'expected ":"'],
    ['{1, 2: 3}', 'expected'],
    ['{[1]: 2}', 'cannot be a key'],
    ["'abc", 'not closed'],
    ["'abc\n'", 'not closed on its line'],
    ["'abc\\", 'not closed'],
    ["'''abc''", 'not closed'],
    [String.raw`'\x4'`, 'hexadecimal'],
    [String.raw`'\U00110000'`, 'hexadecimal'],
    [String.raw`'\N{DASH}'`, 'not supported'],
    ["f'{1}'", 'no literal'],
    ["'a' b'b'", 'text and bytes'],
    ['true', 'no literal'],
    ['open("x")', 'no literal'],
    ['1 + 1', 'unexpected text'],
    ['1j', 'not a number'],
    ['0777', 'leading zeros'],
    ['1__0', 'not a number'],
    ['12345678901234567890', 'too large'],
    ['-', 'not a number'],
    ['@', 'unexpected "@"'],
  ])('%s', (text, problem) => {
    expect(() => parsePythonLiteral(text)).toThrow(LiteralSyntaxError);
    expect(() => parsePythonLiteral(text)).toThrow(problem);
  });

  it('nesting that would exhaust the stack', () => {
    expect(() => parsePythonLiteral('['.repeat(100_000))).toThrow('nested more than 200 deep');
  });

  it('names the place', () => {
    expect(() => parsePythonLiteral('[1, ?]')).toThrow('at character 5');
  });
});

it('reads back whatever repr writes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as Literal;
      expect(parsePythonLiteral(repr(plain))).toEqual(plain);
    }),
  );
});

it('ends with a value or with an error of its own on any text', () => {
  const anything = fc.string({
    unit: fc.constantFrom(...`'"\\\n\r[](){},:rbuxU0189.e+-_ #TNa`),
    maxLength: 60,
  });
  fc.assert(
    fc.property(anything, (text) => {
      try {
        parsePythonLiteral(text);
      } catch (error) {
        expect(error).toBeInstanceOf(LiteralSyntaxError);
      }
    }),
    runs(400),
  );
});

it('takes JSON too', () => {
  expect(parseLiteral('{"a": [true, null, "\\/"]}')).toEqual({ a: [true, null, '/'] });
  expect(parseLiteral("{'a': True}")).toEqual({ a: true });
  expect(() => parseLiteral('{"a": tru}')).toThrow(LiteralSyntaxError);
});

// Quadratic reading of a million characters would take minutes.
it.each([
  ['escapes', `'${'\\x41'.repeat(250_000)}'`],
  ['backslashes', `'${'\\\\'.repeat(500_000)}'`],
  ['quotes in triple quotes', `"""${`''"'`.repeat(250_000)}"""`],
  ['pieces', "'a' ".repeat(250_000)],
  ['an open string', `'${'a'.repeat(1_000_000)}`],
  ['open quotes', `'''${"''\\'".repeat(250_000)}`],
  ['digits', '1'.repeat(1_000_000)],
  ['blanks and remarks', '#\n'.repeat(3_000_000)],
  ['elements', `[${'1,'.repeat(300_000)}]`],
])('stays linear on a million characters of %s', (_, text) => {
  const spent = processorClock();
  try {
    parsePythonLiteral(text);
  } catch (error) {
    expect(error).toBeInstanceOf(LiteralSyntaxError);
  }
  expect(spent()).toBeLessThan(5000);
});
