/**
 * What a page shows of raw HTML, read as a browser reads it (https://html.spec.whatwg.org/multipage/parsing.html):
 * without comments, tags, and what stands in their attributes. One pass over the text.
 */

/** In what the HTML ends: it goes on in the page, over whatever Markdown comes next. */
export type Unclosed = 'comment' | 'attribute' | null;

export interface ShownHtml {
  readonly text: string;
  readonly unclosed: Unclosed;
}

/** @param inside what an earlier piece of HTML left open: nothing closes an attribute for certain */
export function shownOf(html: string, inside: Unclosed = null): ShownHtml {
  if (inside === 'attribute') return { text: '', unclosed: inside };
  const parts: string[] = [];
  let at = inside === 'comment' ? commentEnd(html, 0) : 0;
  while (at !== null && at < html.length) {
    const start = html.indexOf('<', at);
    parts.push(html.slice(at, start < 0 ? undefined : start));
    if (start < 0) break;
    const { end, unclosed } = markupAt(html, start);
    if (unclosed !== null) return { text: parts.join(''), unclosed };
    parts.push(end === start + 1 ? '<' : ' '); // a sign alone is no markup, as in `a < b`
    at = end;
  }
  return { text: parts.join(''), unclosed: at === null ? 'comment' : null };
}

/** Offset after the comment that is open at `from`; null when it is not closed. */
function commentEnd(html: string, from: number): number | null {
  const closing = /--!?>/g;
  closing.lastIndex = from;
  return closing.exec(html) === null ? null : closing.lastIndex;
}

interface Markup {
  readonly end: number;
  readonly unclosed: Unclosed;
}

function markupAt(html: string, start: number): Markup {
  const next = html.slice(start + 1, start + 6);
  if (next.startsWith('!--')) {
    const empty = /^!---?>/.exec(next);
    const end = empty === null ? commentEnd(html, start + 4) : start + 1 + empty[0].length;
    return { end: end ?? html.length, unclosed: end === null ? 'comment' : null };
  }
  if (/^\/?[a-z]/i.test(next)) return tagAt(html, start);
  if (!/^[!?/]/.test(next)) return { end: start + 1, unclosed: null };
  const close = html.indexOf('>', start);
  return { end: close < 0 ? html.length : close + 1, unclosed: null };
}

/** Elements whose content no page shows. */
const HIDDEN = /<(script|style|template|title)\b/iy;

function tagAt(html: string, start: number): Markup {
  const tag = tagEnd(html, start);
  HIDDEN.lastIndex = start;
  const name = HIDDEN.exec(html)?.[1];
  if (tag.unclosed !== null || name === undefined) return tag;
  const closing = new RegExp(`</${name}\\b[^>]*>?`, 'gi');
  closing.lastIndex = tag.end;
  return { end: closing.exec(html) === null ? html.length : closing.lastIndex, unclosed: null };
}

/** A `>` in a quoted value does not end the tag. */
function tagEnd(html: string, start: number): Markup {
  let quote = '';
  let isValue = false;
  for (let at = start + 1; at < html.length; at += 1) {
    const char = html[at] ?? '';
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '>') return { end: at + 1, unclosed: null };
    else if (isValue && (char === '"' || char === "'")) quote = char;
    if (!/\s/.test(char)) isValue = char === '=';
  }
  return { end: html.length, unclosed: quote === '' ? null : 'attribute' };
}
