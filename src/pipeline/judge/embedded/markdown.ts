/**
 * The one place where the embedded judge turns Markdown into a syntax tree, and nodes back into text.
 */
import type { Nodes, Root, RootContent } from 'mdast';
import { type Unclosed, unclosedIn } from '../../../markdown/html.ts';
import { stripInvisible } from '../../../markdown/invisible.ts';
import { parseMarkdown } from '../../../markdown/parse.ts';

/** Characters of a proposal that the judge reads; the longest real ones are under half of it. */
const MAX_CHARACTERS = 32_768;
/** Nesting below which nodes are ignored: nobody argues in the fortieth list level. */
const MAX_DEPTH = 40;

export interface ParsedMarkdown {
  /** The text that the positions in `root` refer to. */
  readonly source: string;
  readonly root: Root;
}

export function parse(markdown: string): ParsedMarkdown {
  const text = stripInvisible(markdown.replace(/\r\n?/g, '\n')).slice(0, MAX_CHARACTERS);
  const source = closeFences(text);
  return { source, root: parseMarkdown(source) };
}

const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;
const HEADING_LINE = /^#{1,6}\s+\S|^\*\*[^*]{3,80}\*\*:?\s*$/;

/**
 * Closes a code fence that its author forgot: before the next heading when there is one, otherwise at the end.
 * Without this everything after the fence would count as code.
 */
function closeFences(source: string): string {
  const lines = source.split('\n');
  const open = lastOpenFence(lines);
  if (open === null) return source;
  const heading = lines.findIndex((line, index) => index > open.line && HEADING_LINE.test(line));
  if (heading === -1) return `${source}\n${open.marker}`;
  return [...lines.slice(0, heading), open.marker, '', ...lines.slice(heading)].join('\n');
}

function lastOpenFence(lines: readonly string[]): { line: number; marker: string } | null {
  let open: { line: number; marker: string } | null = null;
  for (const [line, text] of lines.entries()) {
    const [, marker, rest = ''] = FENCE.exec(text) ?? [];
    if (marker === undefined) continue;
    if (open === null) open = { line, marker };
    else if (marker[0] === open.marker[0] && marker.length >= open.marker.length && rest.trim() === '')
      open = null;
  }
  return open;
}

/**
 * The top-level nodes that a reader sees. A block of HTML ends at a blank line, but a comment or an attribute that it
 * opens goes on in the page, and what Markdown puts into it is not shown. A node that holds the beginning or
 * the end of such a thing among other things is left out with it.
 */
export function visibleNodes(root: Root): RootContent[] {
  let unclosed: Unclosed | null = null;
  return root.children.filter((node) => {
    let hides = unclosed !== null;
    walk(node, (inner) => {
      if (inner.type === 'html') unclosed = unclosedIn(inner.value, unclosed);
      hides ||= unclosed !== null && inner !== node;
      return inner.type !== 'paragraph' && inner.type !== 'heading' && inner.type !== 'table'; // closed inline
    });
    return !hides;
  });
}

/** Recordings and screenshots: a link to one says nothing to whoever implements the plan. */
const MEDIA_LINK =
  /^https:\/\/(?:user-images\.githubusercontent\.com\/|github\.com\/(?:user-attachments\/|[\w.-]+\/[\w.-]+\/assets\/))|^https?:\/\/\S+\.(?:mp4|mov|webm|gif|png|jpe?g)$/i;

/** Whether the text is nothing but the address of a picture or a recording. */
export function isMediaAddress(text: string): boolean {
  return MEDIA_LINK.test(text) && !/\s/.test(text);
}

function isMediaLink(node: Nodes): boolean {
  return node.type === 'link' && MEDIA_LINK.test(node.url);
}

/** Text of a node as a sentence shows it: inline code in backticks, no images or recordings, no raw HTML. */
export function plainText(node: Nodes, depth = 0): string {
  if (depth > MAX_DEPTH) return '';
  if (node.type === 'text') return stripInvisible(node.value);
  if (node.type === 'inlineCode') return `\`${stripInvisible(node.value)}\``;
  if (node.type === 'break') return '\n';
  if (!('children' in node) || isMediaLink(node)) return '';
  return node.children.map((child) => plainText(child, depth + 1)).join('');
}

/** Visits a node and all below it, parents first; `visit` returns false to skip the children. */
export function walk(node: Nodes, visit: (node: Nodes) => boolean | undefined, depth = 0): void {
  if (depth > MAX_DEPTH || visit(node) === false) return;
  if (!('children' in node)) return;
  for (const child of node.children) walk(child, visit, depth + 1);
}

const UNWANTED: ReadonlySet<string> = new Set([
  'html',
  'image',
  'imageReference',
  'blockquote',
  'footnoteReference',
]);
/** Whether a picture or a recording stands in it. */
export function holdsMedia(node: Nodes): boolean {
  let found = false;
  walk(node, (inner) => {
    found ||= inner.type === 'image' || inner.type === 'imageReference' || isMediaLink(inner);
    return !found;
  });
  return found;
}

/** A top-level node as its author wrote it, without what must not be quoted; empty when nothing else was in it. */
export function renderNode(node: RootContent, source: string): string {
  if (node.type === 'code') return renderCode(node.value, node.lang ?? '');
  const start = node.position?.start.offset ?? 0;
  const end = node.position?.end.offset ?? start;
  const kept: string[] = [];
  let from = start;
  for (const [cutFrom, cutTo] of unwantedRanges(node)) {
    kept.push(source.slice(from, cutFrom));
    from = cutTo;
  }
  kept.push(source.slice(from, end));
  return closeInnerFence(kept.length === 1 ? kept.join('') : tidyCuts(kept.join('')));
}

/** Source offsets of what is left out, in order. */
function unwantedRanges(node: Nodes): [number, number][] {
  const ranges: [number, number][] = [];
  walk(node, (inner) => {
    const unwanted = UNWANTED.has(inner.type) || isMediaLink(inner);
    const { start, end } = inner.position ?? {};
    if (unwanted && start?.offset !== undefined && end?.offset !== undefined) {
      ranges.push([start.offset, end.offset]);
    }
    return !unwanted;
  });
  return ranges;
}

/** What cutting leaves behind: blanks at line ends, empty lines in a row, list items without content. */
function tidyCuts(markdown: string): string {
  const lines = markdown.split('\n').map((line) => line.trimEnd());
  return lines
    .filter((line) => !/^\s*(?:[-*+]|\d+[.)])$/.test(line))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^(\s*)<(?=[!?/a-z])/gim, '$1\\<'); // what stood inside a line must not open raw HTML
}

/** Closes a fence that ended only with the list item it stood in: quoted alone, it would swallow what follows. */
function closeInnerFence(markdown: string): string {
  const fences = [...markdown.matchAll(/^(\s*(?:(?:[-*+]|\d+[.)])\s+)?)(`{3,}|~{3,})/gm)];
  const open = fences.length % 2 === 0 ? undefined : fences.at(-1);
  const closed =
    open === undefined ? markdown : `${markdown}\n${(open[1] ?? '').replace(/\S/g, ' ')}${open[2]}`;
  return closed.replace(/^[\s:]+(?=\S)/, '').trimEnd();
}

/** A fenced code block whose fence is longer than any run of backticks in it. */
function renderCode(code: string, language: string): string {
  const longest = Math.max(0, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}${language.replace(/[^\w+#.-]/g, '')}\n${code.replace(/\s+$/, '')}\n${fence}`;
}
