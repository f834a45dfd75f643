import { FUZZ } from '../support/fuzz.ts';

/** Texts of 65,536 characters made to be slow to parse or to overflow a stack. */
export const HOSTILE_LENGTH = 65_536;

const fill = (unit: string): string =>
  unit.repeat(Math.ceil(HOSTILE_LENGTH / unit.length)).slice(0, HOSTILE_LENGTH);

/** Repeated as often as fits. */
const UNITS: readonly string[] = [
  '>',
  '> ',
  '- ',
  '+ ',
  '1. ',
  '> - ',
  '- a\n',
  '> a\nb\n',
  '*',
  '*a',
  '*a **a ',
  'a* ',
  'a**b*c_d__',
  '~a ',
  '[',
  ']',
  '[a',
  '[a](',
  '[a](b"',
  '![',
  '[^a] ',
  '[a]: b\n',
  '`',
  '`a``',
  '````#\\',
  '\n- - ',
  '```\n',
  '    a\n',
  ' ',
  '\t',
  '\n',
  ' \n',
  '\r',
  '#',
  '<',
  '<!--',
  'a <!-- ',
  'a <?',
  'a <![CDATA[',
  'a <!A ',
  '<a b=\'"',
  '<div>\n',
  '&a;',
  '\\',
  '|a',
  'a|\n-|\n',
  'a\n-\n',
  '=\n',
  'a\n\n',
  'http://a.b/',
  'www.a ',
  'a@',
  '\u0000',
  '\ud83d',
  '/manager choose\n',
  '`/manager choose` ',
  '- /manager choose\n',
  '**Proposal**\n',
  '# Proposal\n',
];

/** A tag with as many different attributes as fit into so many characters. */
export const manyAttributes = (length: number): string =>
  `<div ${Array.from({ length: length / 5 }, (_, index) => index.toString(36)).join(' ')}`.slice(0, length);

export const HOSTILE: readonly (readonly [name: string, text: string])[] = [
  ...UNITS.map((unit) => [JSON.stringify(unit), fill(unit)] as const),
  ['nested brackets', '['.repeat(HOSTILE_LENGTH / 2) + ']'.repeat(HOSTILE_LENGTH / 2)],
  ['nested images', '!['.repeat(10_000) + '](b)'.repeat(10_000)],
  ['one open bracket', `[${fill('a ')}`],
  ['address and punctuation', `http://a.b/${fill(')')}a`],
  ['space inside', `a${fill(' ')}b`],
  ['quotes behind a carriage return', `a\r${fill('>')}`],
  ['growing backticks', Array.from({ length: 360 }, (_, index) => `${'`'.repeat(index + 1)}a`).join('')],
  [
    'lists nested by tabs',
    Array.from({ length: 90 }, (_, index) => '\t'.repeat(index * 16) + '-\t'.repeat(16)).join('\n'),
  ],
  ['many attributes', manyAttributes(HOSTILE_LENGTH)],
  ['unclosed comment', `<!--\n${fill('/manager choose\n')}`],
];

/** The parser takes as long for these as for all others together. */
const SLOW_TO_PARSE = new Set([
  ...['\n- - ', '> a\nb\n', '- a\n', '````#\\', '- /manager choose\n', '<', '[a]: b\n'].map((unit) =>
    JSON.stringify(unit),
  ),
  'nested images',
  'nested brackets',
  'growing backticks',
]);

/** For the quick form. */
export const everyThird = <T>(items: readonly T[]): T[] => items.filter((_, index) => index % 3 === 0);

/** For the parser: all, or every third. */
export const HOSTILE_TO_PARSER = FUZZ ? HOSTILE : everyThird(HOSTILE);

/** For what reads parsed text: all, or every third of those that are quickly parsed. */
export const HOSTILE_TO_READERS = FUZZ
  ? HOSTILE
  : everyThird(HOSTILE.filter(([name]) => !SLOW_TO_PARSE.has(name)));

/**
 * Milliseconds of processor time that one text may take: some ten times what the slowest takes on a slow machine,
 * and a tenth of what the unguarded parser takes. Not a measure of speed.
 */
export const HOSTILE_GUARD_MS = 8_000;
