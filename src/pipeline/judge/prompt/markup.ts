/**
 * Takes out of Markdown what its readers do not see and a model would read: attributes of HTML tags, declarations
 * and processing instructions, addresses of images (which a text model cannot open anyway), titles of links, links
 * without a text, definitions and footnotes that nothing refers to, words behind the language of a code block. The
 * code itself stays.
 */
import type { Code, Definition, Html, Link, Nodes, Root } from 'mdast';
import { visit } from 'unist-util-visit';
import { type HtmlTag, readHtml } from '../../../markdown/html.ts';
import { parseMarkdown } from '../../../markdown/parse.ts';
import { plainText } from '../../../markdown/query.ts';

/** Most of an image's alternative text that is kept, in UTF-16 units. */
const MAX_ALT = 80;
/** Most of a tag's name that is kept. */
const MAX_NAME = 30;

const ADDRESS = /^https?:\/\/[^\s"'<>]{1,500}$/i;
const MEDIA: ReadonlySet<string> = new Set(['img', 'video', 'picture', 'source', 'audio']);
const LANGUAGE = /^[\w+#.-]{1,20}$/;

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly by: string;
}

/** The same text with such pieces replaced; its length never grows. Markdown that hides nothing stays as it is. */
export function withoutMarkup(text: string): string {
  if (!/[<![]|`{3}|~{3}/.test(text)) return text;
  const root = parseMarkdown(text);
  const isReferred = referencesIn(root);
  const edits: Edit[] = [];
  visit(root, (node) => {
    const from = node.position?.start.offset;
    const to = node.position?.end.offset;
    if (from === undefined || to === undefined) return;
    const edit = editOf(node, { from, to, source: text.slice(from, to) }, isReferred);
    if (edit !== null && edit.by.length <= edit.to - edit.from) edits.push(edit);
  });
  return apply(text, edits);
}

/** What is shown points at: definitions that only images use are not needed, as their addresses go too. */
function referencesIn(root: Root): (node: Nodes & { identifier: string }) => boolean {
  const known = new Set<string>();
  visit(root, (node) => {
    if (node.type === 'linkReference') known.add(`definition ${node.identifier}`);
    if (node.type === 'footnoteReference') known.add(`footnoteDefinition ${node.identifier}`);
  });
  return ({ type, identifier }) => known.has(`${type} ${identifier}`);
}

interface Place {
  readonly from: number;
  readonly to: number;
  readonly source: string;
}

function editOf(
  node: Nodes,
  { from, to, source }: Place,
  isReferred: (node: Nodes & { identifier: string }) => boolean,
): Edit | null {
  switch (node.type) {
    case 'html':
      return { from, to, by: plainHtml(node) };
    case 'image':
    case 'imageReference':
      return { from, to, by: imageText(node.alt ?? '') };
    case 'definition':
      return { from, to, by: isReferred(node) ? plainDefinition(node, source) : '' };
    case 'footnoteDefinition':
      return isReferred(node) ? null : { from, to, by: '' };
    case 'link':
      return plainLink(node, from, to);
    case 'code':
      return { from, to, by: plainFence(node, source) };
    default:
      return null;
  }
}

function plainHtml({ value }: Html): string {
  return readHtml(value)
    .map((piece) => {
      if (piece.kind === 'tag') return plainTag(piece);
      return piece.kind === 'text' && !piece.isHidden ? piece.source : '';
    })
    .join('');
}

/** The name as it is written: what looks like a tag may be a type's parameter. */
function plainTag({ name, isClosing, attributes, source }: HtmlTag): string {
  if (MEDIA.has(name)) return isClosing ? '' : `[${name}]`;
  const tag = source.slice(0, (isClosing ? 2 : 1) + Math.min(name.length, MAX_NAME)).toWellFormed();
  const href = attributes.get('href') ?? '';
  return ADDRESS.test(href) ? `${tag} href="${href}">` : `${tag}>`;
}

function imageText(alt: string): string {
  const text = alt.replace(/\s+/g, ' ').trim().slice(0, MAX_ALT).toWellFormed();
  return text === '' ? '[image]' : `[image: ${text}]`;
}

function plainDefinition({ label, identifier, url, title }: Definition, source: string): string {
  return title ? `[${label ?? identifier}]: ${url}` : source;
}

/** Behind the link's text only what leads somewhere is kept; images in the text have edits of their own. */
function plainLink(node: Link, from: number, to: number): Edit | null {
  const last = node.children.at(-1)?.position?.end.offset;
  const shows = plainText(node).trim() !== '' || node.children.some(({ type }) => type.startsWith('image'));
  if (!shows) return { from, to, by: '' };
  return node.title && last !== undefined ? { from: last, to, by: `](${node.url})` } : null;
}

function plainFence({ lang, meta }: Code, source: string): string {
  if (!lang || (!meta && LANGUAGE.test(lang))) return source;
  return source.replace(/^(`{3,}|~{3,})[^\n]*/, (_line, fence: string) =>
    LANGUAGE.test(lang) ? `${fence}${lang}` : fence,
  );
}

/** Of edits within one another only the outer one counts. */
function apply(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const { from, to, by } of edits.toSorted((a, b) => a.from - b.from)) {
    if (from < at) continue;
    pieces.push(text.slice(at, from), by);
    at = to;
  }
  return pieces.join('') + text.slice(at);
}
