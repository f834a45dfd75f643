/** What raw HTML quotes or hides of the Markdown around it. */
import type { Root } from 'mdast';
import { readHtml, type Unclosed } from '../../markdown/html.ts';
import { type Range, rangesOf } from './ranges.ts';

/** They show their content as a quote or as code, blank lines and all. */
const QUOTING: ReadonlySet<string> = new Set(['blockquote', 'code', 'kbd', 'pre', 'samp', 'tt']);

interface Mark {
  readonly at: number;
  readonly opens: boolean;
}

/**
 * What stands between quoting tags of the top level, or in a comment or an attribute that a block of HTML leaves open;
 * one that is never closed goes on to the end.
 */
export function betweenHtml(root: Root, body: string): Range[] {
  const ranges: Range[] = [];
  let depth = 0;
  let from = 0;
  for (const { at, opens } of marksOf(root, body)) {
    if (opens && depth === 0) from = at;
    if (!opens && depth === 1) ranges.push({ from, to: at });
    depth = Math.max(0, depth + (opens ? 1 : -1));
  }
  return depth === 0 ? ranges : [...ranges, { from, to: Number.POSITIVE_INFINITY }];
}

function marksOf(root: Root, body: string): Mark[] {
  const nodes = root.children.flatMap((node) => (node.type === 'paragraph' ? node.children : [node]));
  const marks: Mark[] = [];
  let inside: Unclosed | null = null;
  for (const { from, to } of rangesOf(nodes.filter(({ type }) => type === 'html'))) {
    const pieces = readHtml(body.slice(from, to), inside);
    for (const piece of pieces) {
      if (piece.kind === 'tag' && QUOTING.has(piece.name))
        marks.push({ at: from + piece.from, opens: !piece.isClosing });
    }
    const last = pieces.at(-1);
    const unclosed = last?.kind === 'unclosed' ? last : null;
    if (inside === null && unclosed) marks.push({ at: from + unclosed.from, opens: true });
    if (inside !== null && !unclosed) marks.push({ at: to, opens: false });
    inside = unclosed?.in ?? null;
  }
  return marks;
}
