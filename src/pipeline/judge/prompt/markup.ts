/**
 * Takes out of Markdown what its readers do not see and a model would read: attributes of HTML tags, addresses of
 * images (which a text model cannot open anyway) and link definitions that serve as comments. Code stays.
 */
import type { Nodes } from 'mdast';
import { visit } from 'unist-util-visit';
import { parseMarkdown } from '../../../markdown/parse.ts';

/** Most of an image's alternative text that is kept, in UTF-16 units. */
const MAX_ALT = 80;

const TAG = /<(\/?[a-z][a-z0-9-]{0,30})(\s[^<>]*)?>/gi;
const HREF = /\shref\s*=\s*["']?(https?:\/\/[^\s"'<>]{1,500})/i;
const MEDIA: ReadonlySet<string> = new Set(['img', 'video', 'picture', 'source', 'audio']);

/** The same text with such pieces replaced; its length never grows. Markdown that hides nothing stays as it is. */
export function withoutMarkup(text: string): string {
  if (!/[<![]/.test(text)) return text;
  const edits: { from: number; to: number; by: string }[] = [];
  visit(parseMarkdown(text), (node) => {
    const from = node.position?.start.offset;
    const to = node.position?.end.offset;
    if (from === undefined || to === undefined) return;
    const source = text.slice(from, to);
    const by = replacement(node, source);
    if (by !== null && by.length <= source.length) edits.push({ from, to, by });
  });
  return apply(text, edits);
}

function replacement(node: Nodes, source: string): string | null {
  switch (node.type) {
    case 'html':
      return source.replace(TAG, (_tag, name: string, attributes?: string) =>
        plainTag(name, attributes ?? ''),
      );
    case 'image':
    case 'imageReference':
      return imageText(node.alt ?? '');
    case 'definition':
      return node.url === '' || node.url.startsWith('#') ? '' : null;
    default:
      return null;
  }
}

function plainTag(name: string, attributes: string): string {
  if (MEDIA.has(name.toLowerCase())) return `[${name.toLowerCase()}]`;
  const href = HREF.exec(attributes)?.[1];
  return href === undefined ? `<${name}>` : `<${name} href="${href}">`;
}

function imageText(alt: string): string {
  const text = alt.replace(/\s+/g, ' ').trim().slice(0, MAX_ALT).toWellFormed();
  return text === '' ? '[image]' : `[image: ${text}]`;
}

/** `edits` are in document order and do not overlap. */
function apply(text: string, edits: readonly { from: number; to: number; by: string }[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const { from, to, by } of edits) {
    if (from < at) continue;
    pieces.push(text.slice(at, from), by);
    at = to;
  }
  return pieces.join('') + text.slice(at);
}
