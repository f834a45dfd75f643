/**
 * Python literals, as `repr` writes them: what SWE-Lancer's CSV holds in `manager_data` and `prompt`.
 * Strict (no names, calls, arithmetic or f-strings), without evaluation, in one pass over the text.
 * Grammar: https://docs.python.org/3/reference/lexical_analysis.html and `ast.literal_eval`.
 */
import { readString, STRING_START } from './python-string.ts';

export type Literal = null | boolean | number | string | Literal[] | { [key: string]: Literal };

/** The text is no literal; `offset` counts UTF-16 units from its start. */
export class LiteralSyntaxError extends Error {
  override readonly name = 'LiteralSyntaxError';
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(`${problem} at character ${offset + 1}`);
    this.offset = offset;
  }
}

/** Deeper nesting is refused: it would only serve to exhaust the stack. */
const MAX_DEPTH = 200;

/**
 * Reads one literal: strings (prefixes, escapes, triple quotes, implicit concatenation), numbers,
 * True, False, None, lists, tuples, sets (all three become arrays) and dicts (become objects; keys that are
 * not strings are written as Python's `str` would, and of equal keys the last wins).
 * @throws LiteralSyntaxError
 */
export function parsePythonLiteral(text: string): Literal {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

/** JSON when it is JSON, otherwise a Python literal. @throws LiteralSyntaxError of the Python reading. */
export function parseLiteral(text: string): Literal {
  try {
    return JSON.parse(text) as Literal;
  } catch {
    return parsePythonLiteral(text); // Its error names the place.
  }
}

/** One piece of what stands between values: matched in a loop, for a repeated group would exhaust the stack. */
const BLANK = /[ \t\r\n\f]+|\\\r?\n|#[^\n]*/y;
const WORD = /[A-Za-z_]\w*/y;
const NUMBER =
  /[+-]?[ \t]*(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][+-]?\d+)?|\d(?:_?\d)*\.?(?:[eE][+-]?\d+)?)/y;
const NAMES: ReadonlyMap<string, Literal> = new Map([
  ['True', true],
  ['False', false],
  ['None', null],
]);

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  value(depth: number): Literal {
    this.skipBlank();
    if (depth > MAX_DEPTH) throw this.error(`nested more than ${MAX_DEPTH} deep`);
    const char = this.text[this.at];
    if (char === undefined) throw this.error('unexpected end');
    if (char === '[') return this.items(']', depth).values;
    if (char === '(') return this.group(depth);
    if (char === '{') return this.braces(depth);
    if (this.matches(STRING_START) !== null) return this.strings();
    if (/[\d.+-]/.test(char)) return this.number();
    return this.word();
  }

  /** @throws LiteralSyntaxError unless nothing but blanks is left. */
  end(): void {
    this.skipBlank();
    if (this.at < this.text.length) throw this.error('unexpected text after the value');
  }

  private group(depth: number): Literal {
    const { values, commas } = this.items(')', depth);
    const [only] = values;
    return values.length === 1 && commas === 0 && only !== undefined ? only : values;
  }

  private items(close: string, depth: number): { values: Literal[]; commas: number } {
    const values: Literal[] = [];
    let commas = 0;
    this.at += 1;
    while (!this.take(close)) {
      values.push(this.value(depth + 1));
      if (this.take(',')) commas += 1;
      else if (!this.peek(close)) throw this.error(`expected "," or "${close}"`);
    }
    return { values, commas };
  }

  /** A dict, or a set when its first element has no colon. */
  private braces(depth: number): Literal {
    const entries: [string, Literal][] = [];
    const members: Literal[] = [];
    this.at += 1;
    while (!this.take('}')) {
      const first = this.value(depth + 1);
      if (members.length === 0 && this.take(':')) entries.push([this.key(first), this.value(depth + 1)]);
      else if (entries.length === 0) members.push(first);
      else throw this.error('expected ":"');
      if (!this.take(',') && !this.peek('}')) throw this.error('expected "," or "}"');
    }
    return members.length > 0 ? members : Object.fromEntries(entries);
  }

  private key(value: Literal): string {
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    if (value === null) return 'None';
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    throw this.error('a list, set, tuple or dict cannot be a key here');
  }

  private strings(): string {
    const parts: string[] = [];
    const fail = (problem: string, at: number) => new LiteralSyntaxError(problem, at);
    let kind: boolean | null = null;
    do {
      const { value, bytes, end } = readString(this.text, this.at, fail);
      if (kind !== null && kind !== bytes) throw this.error('text and bytes cannot be joined');
      kind = bytes;
      parts.push(value);
      this.at = end;
      this.skipBlank();
    } while (this.matches(STRING_START) !== null);
    return parts.join('');
  }

  private number(): number {
    const start = this.at;
    const written = this.matches(NUMBER);
    if (written === null) throw this.error('not a number');
    this.at += written.length;
    const digits = written.replace(/[_ \t]/g, '');
    const negative = digits.startsWith('-');
    const size = Number(digits.replace(/^[+-]/, ''));
    const isInteger = /^[+-]?(?:0[xob].*|\d+)$/i.test(digits);
    if (isInteger && /^[+-]?0+[1-9]/.test(digits)) throw new LiteralSyntaxError('leading zeros', start);
    if (isInteger && !Number.isSafeInteger(size)) throw new LiteralSyntaxError('an integer too large', start);
    if (/[\w.]/.test(this.text[this.at] ?? '')) throw this.error('not a number');
    return negative ? -size : size;
  }

  private word(): Literal {
    const start = this.at;
    const word = this.matches(WORD);
    if (word === null) throw this.error(`unexpected ${JSON.stringify(this.text[this.at])}`);
    const named = NAMES.get(word);
    this.at += word.length;
    if (named !== undefined) return named;
    if (word === 'set' && this.take('(') && this.take(')')) return [];
    throw new LiteralSyntaxError(`"${word.slice(0, 40)}" is no literal`, start);
  }

  private skipBlank(): void {
    for (let blank = this.matches(BLANK); blank !== null; blank = this.matches(BLANK))
      this.at += blank.length;
  }

  private peek(char: string): boolean {
    this.skipBlank();
    return this.text[this.at] === char;
  }

  private take(char: string): boolean {
    const found = this.peek(char);
    if (found) this.at += 1;
    return found;
  }

  private matches(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0] ?? null;
  }

  private error(problem: string): LiteralSyntaxError {
    return new LiteralSyntaxError(problem, this.at);
  }
}
