import type { Code, Heading, Nodes, Paragraph, PhrasingContent, Root, RootContent } from 'mdast';
import { toString as mdastToString } from 'mdast-util-to-string';
import { SKIP, visit } from 'unist-util-visit';

/** A title in a text: a heading, or a line that is bold and nothing else. */
export interface Title {
  /** 1 to 6 for headings, 7 for a bold line. */
  readonly depth: number;
  readonly text: string;
  /** Line in the source, from 1; null when the parser did not record it. */
  readonly line: number | null;
}

/** A title with what stands below it. The first section has no title when text precedes the first one. */
export interface Section {
  readonly title: Title | null;
  /** The blocks up to the next title of any depth. */
  readonly nodes: readonly RootContent[];
  /** The blocks up to the next title of the same or a higher rank, subsections with their headings included. */
  readonly all: readonly RootContent[];
}

/** Depth given to bold lines: below every heading. */
export const BOLD_LINE_DEPTH = 7;

/** What a reader sees of a node, without formatting; raw HTML is left out, images give their alternative text. */
export function plainText(node: Nodes | readonly Nodes[]): string {
  return mdastToString(node, { includeHtml: false });
}

/** Headings in reading order, those inside block quotes left out. */
export function headings(root: Root): Title[] {
  return collectTitles(root, () => []);
}

/** Headings and bold lines in reading order, those inside block quotes left out. */
export function titles(root: Root): Title[] {
  return collectTitles(root, (paragraph) =>
    paragraphLines(paragraph).flatMap((line) => boldLineTitle(line) ?? []),
  );
}

function collectTitles(root: Root, titlesIn: (paragraph: Paragraph) => Title[]): Title[] {
  const found: Title[] = [];
  visit(root, (node) => {
    switch (node.type) {
      case 'blockquote':
        return SKIP;
      case 'heading':
        found.push(headingTitle(node));
        return SKIP;
      case 'paragraph':
        found.push(...titlesIn(node));
        return SKIP;
      default:
        return undefined;
    }
  });
  return found;
}

/**
 * Splits the top level at its headings and, unless `boldLines` is false, at bold lines. A paragraph that holds
 * a bold line is split around it.
 */
export function sections(root: Root, options: { readonly boldLines?: boolean } = {}): Section[] {
  const pieces = root.children.flatMap((node) => splitPieces(node, options.boldLines ?? true));
  const starts = pieces.flatMap((piece, index) => (piece.title !== null || index === 0 ? [index] : []));
  return starts.map((start, order) => {
    const title = pieces[start]?.title ?? null;
    const from = title === null ? start : start + 1;
    const next = starts[order + 1] ?? pieces.length;
    const endOfAll = title === null ? next : endOfRank(pieces, from, title.depth);
    return { title, nodes: blocks(pieces, from, next), all: blocks(pieces, from, endOfAll) };
  });
}

/** The text of every inline code span, block quotes included. */
export function codeSpans(root: Root): string[] {
  const found: string[] = [];
  visit(root, 'inlineCode', (node) => {
    found.push(node.value);
  });
  return found;
}

/** Every fenced or indented code block, block quotes included. */
export function codeBlocks(root: Root): Code[] {
  const found: Code[] = [];
  visit(root, 'code', (node) => {
    found.push(node);
  });
  return found;
}

/** A link's address and what it shows; the two are equal for a bare address. */
export interface LinkTarget {
  readonly url: string;
  readonly text: string;
}

/** Every link in reading order, bare `http(s)://` and `www.` addresses and block quotes included. */
export function links(root: Root): LinkTarget[] {
  const found: LinkTarget[] = [];
  visit(root, (node) => {
    if (node.type === 'link') {
      found.push({ url: node.url, text: plainText(node) });
      return SKIP;
    }
    if (node.type === 'text') {
      found.push(...bareAddresses(node.value).map((url) => ({ url, text: url })));
    }
    return undefined;
  });
  return found;
}

const BARE_ADDRESS = /(?<![\p{L}\p{N}])(?:https?:\/\/|www\.)[^\s<>]+/giu;
const TRAILING = new Set('!"&\'),.:;?]}*_~');

/** Addresses written out in plain text, without the punctuation that follows them. */
export function bareAddresses(text: string): string[] {
  return [...text.matchAll(BARE_ADDRESS)].map(([match]) => {
    let end = match.length;
    while (end > 0 && TRAILING.has(match.charAt(end - 1))) {
      end -= 1;
    }
    return match.slice(0, end);
  });
}

interface Piece {
  readonly title: Title | null;
  readonly node: RootContent;
}

function splitPieces(node: RootContent, boldLines: boolean): Piece[] {
  if (node.type === 'heading') {
    return [{ title: headingTitle(node), node }];
  }
  if (node.type !== 'paragraph' || !boldLines) {
    return [{ title: null, node }];
  }
  const lines = paragraphLines(node).map((line) => ({ line, title: boldLineTitle(line) }));
  if (lines.every(({ title }) => title === null)) {
    return [{ title: null, node }];
  }
  const pieces: Piece[] = [];
  let text: PhrasingContent[] = [];
  const flush = (): void => {
    if (text.length > 0) {
      pieces.push({ title: null, node: { type: 'paragraph', children: text } });
      text = [];
    }
  };
  for (const { line, title } of lines) {
    if (title === null) {
      text.push(...(text.length > 0 ? [{ type: 'text', value: '\n' } as const] : []), ...line);
    } else {
      flush();
      pieces.push({ title, node: { type: 'paragraph', children: [...line] } });
    }
  }
  flush();
  return pieces;
}

function endOfRank(pieces: readonly Piece[], from: number, depth: number): number {
  const offset = pieces.slice(from).findIndex(({ title }) => title !== null && title.depth <= depth);
  return offset < 0 ? pieces.length : from + offset;
}

function blocks(pieces: readonly Piece[], from: number, to: number): RootContent[] {
  return pieces.slice(from, to).map(({ node }) => node);
}

function headingTitle(node: Heading): Title {
  return { depth: node.depth, text: plainText(node), line: node.position?.start.line ?? null };
}

/** The paragraph's own lines: line ends inside emphasis or links do not count. */
function paragraphLines(paragraph: Paragraph): PhrasingContent[][] {
  const lines: PhrasingContent[][] = [[]];
  for (const child of paragraph.children) {
    if (child.type === 'break') {
      lines.push([]);
    } else if (child.type === 'text') {
      child.value.split('\n').forEach((value, index) => {
        if (index > 0) {
          lines.push([]);
        }
        if (value !== '') {
          lines.at(-1)?.push({ ...child, value });
        }
      });
    } else {
      lines.at(-1)?.push(child);
    }
  }
  return lines.filter((line) => line.length > 0);
}

/** Bold and, around it, nothing but emoji, punctuation and hidden HTML. */
function boldLineTitle(line: readonly PhrasingContent[]): Title | null {
  const bold = line.filter(isBold);
  const others = line.filter((node) => !isBold(node));
  if (bold.length !== 1 || !others.every(isDecoration)) {
    return null;
  }
  return {
    depth: BOLD_LINE_DEPTH,
    text: plainText(bold),
    line: bold[0]?.position?.start.line ?? null,
  };
}

function isBold(node: PhrasingContent): boolean {
  if (node.type === 'emphasis') {
    return node.children.length === 1 && node.children[0]?.type === 'strong';
  }
  return node.type === 'strong';
}

function isDecoration(node: PhrasingContent): boolean {
  return node.type === 'html' || (node.type === 'text' && !/[\p{L}\p{N}]/u.test(node.value));
}
