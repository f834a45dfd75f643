import type { Inline } from './tree.ts';

/**
 * What makes plain words active, and how each is made harmless.
 *
 * GitHub looks for mentions, references and commit ids in the *rendered* text, so a backslash does not stop
 * them (`\#12` still links). It leaves code alone, so in prose every such word becomes a code span, which
 * also keeps it readable. Other bots read the *raw* text, where code is no shelter: there a line that looks
 * like a command gets a visible "· " before it. Invisible tricks such as a zero-width joiner would survive
 * copying into a terminal or an editor; a middle dot is seen, and easily removed. A workflow that looks for
 * `@name` anywhere in raw text, code included, cannot be told from a decorator and is not defended against.
 */

/** Bots that listen to their bare name, and words that are commands alone, at the start of a line. */
const COMMAND_WORDS =
  /^(?:bors|homu|rfcbot|craterbot|mergify|mergifyio|dependabot|renovate|jenkins|recheck|retest|rebase|rerun|r[+\-?=]\S*|try[+\-?])[:,]?$/i;

/** Approvals that bots of the bors family read anywhere. */
const REVIEW_WORD = /^r[+?]$|^r=/;

const ACTIVE_WORD: readonly RegExp[] = [
  /@/, // mentions, teams, e-mail addresses, owner/repo@sha
  /:\/\//, // autolinks
  /www\./i,
  /^(?:mailto|xmpp|javascript|data|vbscript):/i,
  /#\d/, // #1, owner/repo#1
  /(?<![a-z0-9])(?:gh-\d|ghsa-\w|cve-\d)/i,
  /(?<!\w)[0-9a-f]{7,}(?!\w)/i, // commit ids; GitHub links 7 to 40 digits
  /^[/!]\p{L}/u, // /merge, !merge
];

const COMMAND_LINE = /^([ \t]*)(?=[/!]\p{L}|@)/u;

/** Characters that show nothing (joiners, directions, variation selectors, tags, fillers) and private ones. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Co}\u2800\ufff9-\ufffc]|(?![\t\n])\p{Cc}/gu;

/**
 * Removes characters that show nothing and makes every line end "\n" and every space a space, so that what a
 * person sees is what a program reads. Emoji joined by a zero-width joiner fall apart into their parts.
 */
export function stripUnseen(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/[\p{Zs}]/gu, ' ')
    .replace(INVISIBLE, '');
}

/**
 * Breaks, visibly, what even code must not hold: HTML comments (our own markers and boxes are such) and the
 * special tokens of chat templates, in case this text is read by a model again.
 */
export function breakTokens(text: string): string {
  return text
    .replace(/<!--/g, '<! --')
    .replace(/<([|｜])([^<>|｜\s]{1,40})([|｜])>/g, '< $1$2$3 >')
    .replace(/<(\/?(?:think|tool_call|tool_response|s)>)/gi, '< $1')
    .replace(/\[(\/?INST)\]/g, '[ $1 ]');
}

/** Code stays as it is but for tokens and for lines that a bot could take for a command. */
export function defuseCode(text: string): string {
  return breakTokens(stripUnseen(text))
    .split('\n')
    .map((line) => {
      if (COMMAND_LINE.test(line)) return line.replace(COMMAND_LINE, '$1· ');
      const first = line.trimStart().split(/\s/, 1)[0] ?? '';
      return COMMAND_WORDS.test(first) ? line.replace(/^[ \t]*/, '$&· ') : line;
    })
    .join('\n');
}

const OPENING = new Set(['(', '[', '{', '"', "'", '“', '‘', '<']);
const CLOSING = new Set([
  ')',
  ']',
  '}',
  '"',
  "'",
  '”',
  '’',
  '*',
  '_',
  '~',
  ',',
  ';',
  '.',
  ':',
  '>',
  '!',
  '?',
]);

/** `("@alice"),` as `("`, `@alice`, `"),`; loops, since `[.]+$` is quadratic on "....a....a". */
function splitPunctuation(word: string): [string, string, string] {
  let start = 0;
  let end = word.length;
  while (start < end && OPENING.has(word.charAt(start))) start++;
  while (end > start && CLOSING.has(word.charAt(end - 1))) end--;
  return [word.slice(0, start), word.slice(start, end), word.slice(end)];
}

function isActive(text: string): boolean {
  return ACTIVE_WORD.some((pattern) => pattern.test(text));
}

function defuseWord(word: string, first: boolean): Inline[] {
  const [before, core, after] = splitPunctuation(word);
  if (isActive(core)) {
    const parts: Inline[] = [
      { type: 'text', value: before },
      { type: 'code', value: core },
      { type: 'text', value: after },
    ];
    return parts.filter((part) => !('value' in part) || part.value !== '');
  }
  // Some things act only together with their punctuation ("www."), some only where they stand.
  const active = isActive(word) || REVIEW_WORD.test(word) || (first && COMMAND_WORDS.test(word));
  return [{ type: active ? 'code' : 'text', value: word }];
}

/** Splits text into harmless text and code spans. Linear in the length of `text`. */
export function defuseText(text: string): Inline[] {
  const out: Inline[] = [];
  const lines = breakTokens(stripUnseen(text)).split('\n');
  lines.forEach((line, index) => {
    if (index > 0) out.push({ type: 'text', value: '\n' });
    let first = true;
    for (const word of line.split(/([ \t]+)/)) {
      if (word === '') continue;
      const blank = /^[ \t]/.test(word);
      out.push(...(blank ? [{ type: 'text', value: ' ' } as const] : defuseWord(word, first)));
      if (!blank) first = false;
    }
  });
  return out;
}
