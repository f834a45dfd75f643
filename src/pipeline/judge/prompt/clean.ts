/**
 * Strangers' text as the judge reads it. What people cannot see is removed, what the chat template or our own
 * delimiters would read as structure is neutralised, and every line carries a mark, so that a line without the
 * mark can only be ours ("datamarking": Hines et al. 2024, Spotlighting, https://arxiv.org/abs/2403.14720).
 * All functions are linear. Presence of hidden text is no accusation: templates are full of HTML comments.
 */

import { MAX_LINES } from '../../../markdown/guard.ts';
import { stripHtmlComments, stripInvisible, wellFormed } from '../../../markdown/invisible.ts';
import { withoutMarkup } from './markup.ts';

/** Stands before every line of untrusted text. One token of Qwen3's vocabulary. */
export const DATA_MARK = '|';

/** GitHub's own limit for a body; longer text cannot come from GitHub. */
const MAX_LENGTH = 65_536;

/** Everything that some reader takes for a line end and that is not one yet. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be replaced
const LINE_ENDS = /\r\n?|[\u000B\u000C\u0085\u2028\u2029]/g;

/** Qwen3's special tokens are `<|…|>` and these tags; the last two are our own delimiters. */
const RESERVED_TAG = /<(?=\s{0,16}\/?\s{0,16}(?:think|tool_call|tool_response|issue|proposal)\b)/gi;

export interface CleanText {
  readonly text: string;
  /** Visible characters beyond the limit, which are not part of `text`. UTF-16 units. */
  readonly unread: number;
}

/**
 * The visible text, in Unicode's composed form (the tokenizer composes too, so nothing can turn into a special
 * token afterwards), without runs of blank lines. Cut to `limit` UTF-16 units, and to the lines in which hidden
 * markup is found, before anything costly happens.
 */
export function cleanAndLimit(raw: string, limit: number): CleanText {
  const text = wellFormed(raw.slice(0, MAX_LENGTH)).replace(LINE_ENDS, '\n');
  const visible = tidy(stripInvisible(stripHtmlComments(text)).normalize('NFC'));
  const read = firstLines(visible.slice(0, limit).toWellFormed());
  return { text: tidy(neutraliseTokens(withoutMarkup(read))), unread: visible.length - read.length };
}

/** Without white space at the ends of lines, more than one blank line, or anything around the text. */
function tidy(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function firstLines(text: string): string {
  let end = -1;
  for (let line = 0; line < MAX_LINES; line += 1) {
    end = text.indexOf('\n', end + 1);
    if (end < 0) return text;
  }
  return text.slice(0, end);
}

export function cleanText(raw: string): string {
  return cleanAndLimit(raw, MAX_LENGTH).text;
}

/** No special token of the model and no delimiter of ours is left: `<|im_end|>` becomes `‹|im_end|›`. */
export function neutraliseTokens(text: string): string {
  return text.replaceAll('<|', '‹|').replaceAll('|>', '|›').replace(RESERVED_TAG, '‹');
}

/** Every line with the mark before it. */
export function datamark(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? DATA_MARK : `${DATA_MARK} ${line}`))
    .join('\n');
}
