import { type HtmlTag, readHtml } from '../../../markdown/html.ts';
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

/** The text inside raw HTML: comments go, tags that shape go, unknown tags become code. Linear. */
export function textOfHtml(html: string): Inline[] {
  return readHtml(html).flatMap((piece): Inline[] => {
    if (piece.kind === 'tag') return tagText(piece);
    const isShown = piece.kind === 'text' || (piece.kind === 'unclosed' && piece.in === 'attribute');
    return isShown ? [{ type: 'text', value: piece.source }] : [];
  });
}

function tagText({ name, isClosing, source }: HtmlTag): Inline[] {
  if (name === 'img' || name === 'video') return isClosing ? [] : [{ type: 'text', value: '(image)' }];
  // Components written without backticks (`<Button>`) carry meaning; they stay, as code.
  if (!SHAPING.has(name)) return [{ type: 'code', value: source }];
  return LINE_ENDING.has(name) ? [{ type: 'text', value: '\n' }] : [];
}
