/**
 * What in a text names a place in the code: symbols, files, links to files. They tell proposals that talk
 * about the code from those that talk about the issue, and they are what two proposals with one idea share.
 */

import { isStopWord } from './text.ts';

/** A link to a file on a code host. */
export interface SourceLink {
  readonly url: string;
  /** Path inside the repository. */
  readonly path: string;
  /** `L10-L20`, null when the link names no line. */
  readonly lines: string | null;
  /** `owner/name`, lower case. */
  readonly repository: string;
}

const SOURCE_LINK =
  /^https:\/\/(?:github\.com|gitlab\.com|[\w.-]*github[\w.-]*)\/([\w.-]+\/[\w.-]+)\/(?:-\/)?blob\/[^/\s]+\/([^\s#?]+)(?:\?[^\s#]*)?(?:#(L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?))?$/;

/** Reads a URL as a link to a file, null when it is something else. */
export function parseSourceLink(url: string): SourceLink | null {
  const match = url.length > 600 ? null : SOURCE_LINK.exec(url);
  if (match === null) return null;
  const [, repository = '', path = '', lines] = match;
  return { url, path: safeDecode(path), lines: lines ?? null, repository: repository.toLowerCase() };
}

function safeDecode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // a stray % in a path is no reason to lose the link
  }
}

const EXTENSIONS =
  'tsx?|jsx?|mjs|cjs|mts|py|go|rs|rb|java|kts?|swift|mm?|c|cc|cpp|h|hpp|cs|php|sql|sh|ya?ml|json|toml|css|scss|less|html|vue|svelte|gradle|plist|xml|proto|exs?|lua|dart|scala|ini|cfg|lock|md';
const FILE_PATH = new RegExp(
  `(?:[\\w@.-]{1,60}/){0,12}[\\w@-][\\w@.-]{0,80}\\.(?:${EXTENSIONS})(?![\\w/])`,
  'g',
);

const ANY_ENDING = new RegExp(`\\.(?:${EXTENSIONS})(?![\\w/])`);
const FILE_NAME = new RegExp(`[\\w@-]\\.(?:${EXTENSIONS})$`);

/** File names and paths in running text, as written. */
export function filesIn(text: string): string[] {
  if (!ANY_ENDING.test(text)) return []; // most texts, and far cheaper than looking for paths
  return (text.match(FILE_PATH) ?? []).filter((path) => !/^\d+\.\w+$/.test(path) && !path.startsWith('www.'));
}

/** The last part of a path: two proposals that name one file rarely write the same prefix. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const SYMBOL = /[A-Za-z_$][\w$]*/g;
const SHAPED_SYMBOL =
  /^(?:_*[a-z][a-z\d]*(?:[A-Z][\w$]*)|[A-Z][a-z\d]+(?:[A-Z][\w$]*)|\w+_\w+|[A-Z]{2,}[\d_][\w$]*)$/;
/** Shaped like symbols, but names of products that occur in any report. */
const PRODUCT_NAMES =
  /^(?:GitHub|GitLab|JavaScript|TypeScript|PostgreSQL|MySQL|SQLite|MacOS|macOS|iOS|iPhone|iPad|YouTube|BrowserStack|OneDrive|WhatsApp|LinkedIn|DevTools|VSCode|NodeJS)$/;

/** Symbols in running text: shaped like one (`fooBar`, `foo_bar`, `FooBar`) or written as a call. */
export function symbolsInProse(text: string): string[] {
  const symbols = (text.match(SYMBOL) ?? []).filter((word) => word.length <= 80 && SHAPED_SYMBOL.test(word));
  const calls = [...text.matchAll(/\b([A-Za-z_$][\w$]{2,60})\(/g)].map((match) => match[1] ?? '');
  return [...symbols, ...calls].filter((symbol) => symbol.length >= 4 && !PRODUCT_NAMES.test(symbol));
}

const KEYWORD_LIST =
  'abstract async await bool boolean break case catch class const constructor continue debugger default delete else enum ' +
  'export extends false final finally float from function func goto import instanceof interface internal items item ' +
  'lambda length list match module none null number object override package pass private protected public raise ' +
  'readonly require return self static string struct super switch template this throw true type typeof undefined union ' +
  'unsigned value values void volatile where while with yield console select insert update create table into index ' +
  'style props state data name error result then todo test describe expect';
const KEYWORDS: ReadonlySet<string> = new Set(KEYWORD_LIST.split(' '));

/** Symbols in a code block or inline code: every word of four letters or more that is no keyword. */
export function symbolsInCode(code: string): string[] {
  return (code.match(SYMBOL) ?? []).filter(
    (word) => word.length >= 4 && word.length <= 80 && !KEYWORDS.has(word.toLowerCase()),
  );
}

/** A name as code writes it, alone: `stats.Failed`, `margin-left`, `useSearch()`. */
const WHOLE_NAME = /^[A-Za-z_$@][\w$]*(?:(?:\.|::|->|-)[A-Za-z_$][\w$]*){0,6}(?:\(\))?$/;

/** Words in a row: a label or a sentence that was put in backticks, no code. */
const WORDS = /^[A-Za-z]+(?: [A-Za-z]+)+$/;

/** Names in inline code: the whole of it where it is one name, its words otherwise. */
export function namesInInlineCode(code: string): string[] {
  const bare = code.trim();
  const name = bare.replace(/\(\)$/, '');
  if (WORDS.test(bare)) return symbolsInProse(bare);
  if (!WHOLE_NAME.test(bare)) return symbolsInCode(bare);
  return name.length >= 3 && !KEYWORDS.has(name.toLowerCase()) && !isStopWord(name) ? [name] : [];
}

/** What two mentions of one name have in common: `stats.Failed` and `Failed` are the same, files keep their ending. */
export function nameKey(name: string): string {
  if (FILE_NAME.test(name)) return name.toLowerCase();
  return name
    .slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf(':'), name.lastIndexOf('>')) + 1)
    .toLowerCase();
}

/** Distinct symbols and file names of a sentence; inline code counts as code. */
export function identifiersOf(text: string): string[] {
  const spans = [...text.matchAll(/`([^`\n]{1,200})`/g)].map((match) => match[1] ?? '');
  const quoted = spans.filter((span) => filesIn(span).length === 0).flatMap(namesInInlineCode);
  const paths = filesIn(text);
  const prose = symbolsInProse(
    paths.reduce(
      (rest, path) => rest.replace(path, ' '),
      text.replace(/`[^`\n]*`/g, ' ').replace(/https?:\/\/\S+/g, ' '),
    ),
  );
  const byKey = new Map<string, string>();
  for (const name of [...paths.map(baseName), ...quoted, ...prose]) {
    if (!byKey.has(nameKey(name))) byKey.set(nameKey(name), name);
  }
  return [...byKey.values()];
}
