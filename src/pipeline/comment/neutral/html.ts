import type { Inline } from './tree.ts';

/** Elements that only shape text on GitHub; their tags are dropped and their text stays. */
const SHAPING = new Set(
  (
    'a abbr article aside b big blockquote body br center cite code dd del details dfn div dl dt em figcaption ' +
    'figure font footer h1 h2 h3 h4 h5 h6 head header hr html i img ins kbd li main mark ol p picture pre q ' +
    'rp rt ruby s samp section small source span strike strong sub summary sup table tbody td tfoot th thead ' +
    'tr tt u ul var video wbr'
  ).split(' '),
);
const LINE_ENDING = new Set(
  'br dd details div dt h1 h2 h3 h4 h5 h6 hr li ol p pre summary table td th tr ul'.split(' '),
);

const TAG = /<\/?([A-Za-z][A-Za-z0-9-]*)[^<>]*>/y;

function readTag(tag: string, name: string): Inline[] {
  const element = name.toLowerCase();
  if (element === 'img' || element === 'video') return [{ type: 'text', value: '(image)' }];
  // Components written without backticks (`<Button>`) carry meaning; they stay, as code.
  if (!SHAPING.has(element)) return [{ type: 'code', value: tag }];
  return LINE_ENDING.has(element) ? [{ type: 'text', value: '\n' }] : [];
}

/** The text inside raw HTML: comments go, tags that shape go, unknown tags become code. Linear. */
export function textOfHtml(html: string): Inline[] {
  const out: Inline[] = [];
  let at = 0;
  while (at < html.length) {
    const next = html.indexOf('<', at);
    if (next === -1) break;
    if (next > at) out.push({ type: 'text', value: html.slice(at, next) });
    at = next;
    if (html.startsWith('<!--', at)) {
      const end = html.indexOf('-->', at + 4);
      if (end === -1) return out;
      at = end + 3;
      continue;
    }
    TAG.lastIndex = at;
    const [tag, name] = TAG.exec(html) ?? ['<', null];
    out.push(
      ...(name === null || name === undefined ? [{ type: 'text', value: '<' } as const] : readTag(tag, name)),
    );
    at += tag.length;
  }
  if (at < html.length) out.push({ type: 'text', value: html.slice(at) });
  return out;
}
