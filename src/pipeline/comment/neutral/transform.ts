import type { Definition, ListItem, Nodes, Parents, PhrasingContent, Root } from 'mdast';
import { defuseCode } from './defuse.ts';
import { textOfHtml } from './html.ts';
import { tidy } from './inline.ts';
import type { Block, Inline } from './tree.ts';

/** From a parsed Markdown tree, of which nothing is trusted, to the tree of things that may be shown. */

/** Deeper quotes and lists lose their containers; nobody can read them anyway. */
const MAX_DEPTH = 8;
/** Headings start below those of the comment itself. */
const HEADING_SHIFT = 3;
/** Fences that GitHub draws instead of showing (or offers to apply) are shown as plain text. */
const DRAWN = new Set(['mermaid', 'math', 'geojson', 'topojson', 'stl', 'suggestion']);

interface Context {
  readonly allowed: ReadonlySet<string>;
  readonly definitions: ReadonlyMap<string, Definition>;
}

/** The URL as it may be written, or null when it was not in the thread. */
export function allowedUrl(url: string, allowed: ReadonlySet<string>): string | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return null;
  if (parsed.username !== '' || parsed.password !== '') return null;
  return allowed.has(url) || allowed.has(parsed.href) ? parsed.href : null;
}

function collectDefinitions(root: Root): Map<string, Definition> {
  const found = new Map<string, Definition>();
  const waiting: Nodes[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === 'definition' && !found.has(node.identifier)) found.set(node.identifier, node);
    if ('children' in node) waiting.push(...node.children.toReversed());
  }
  return found;
}

function image(alt: string | null | undefined): Inline[] {
  return [{ type: 'text', value: alt ? `(image: ${alt})` : '(image)' }];
}

function linkTo(url: string, content: readonly PhrasingContent[], context: Context): Inline[] {
  const children = content.flatMap((child) => inline(child, context));
  const safe = allowedUrl(url, context.allowed);
  if (safe === null) return children;
  return [
    { type: 'link', url: safe, children: children.length > 0 ? children : [{ type: 'code', value: safe }] },
  ];
}

function inline(node: PhrasingContent, context: Context): Inline[] {
  switch (node.type) {
    case 'text':
      return [{ type: 'text', value: node.value }];
    case 'inlineCode':
      return [{ type: 'code', value: node.value }];
    case 'break':
      return [{ type: 'text', value: '\n' }];
    case 'emphasis':
    case 'strong':
    case 'delete':
      return [{ type: node.type, children: node.children.flatMap((child) => inline(child, context)) }];
    case 'link':
      return linkTo(node.url, node.children, context);
    case 'linkReference':
      return linkTo(context.definitions.get(node.identifier)?.url ?? '', node.children, context);
    case 'image':
    case 'imageReference':
      return image(node.alt);
    case 'html':
      return textOfHtml(node.value);
    case 'footnoteReference':
      return [{ type: 'text', value: `[${node.identifier}]` }];
    default:
      return node satisfies never;
  }
}

function phrasing(nodes: readonly PhrasingContent[], context: Context): Inline[] {
  return tidy(nodes.flatMap((node) => inline(node, context)));
}

function paragraph(children: readonly Inline[]): Block[] {
  return children.length === 0 ? [] : [{ type: 'paragraph', children }];
}

function language(lang: string | null | undefined): string {
  const name = lang ?? '';
  return /^[A-Za-z0-9+#.-]{1,20}$/.test(name) && !DRAWN.has(name.toLowerCase()) ? name : '';
}

function item(node: ListItem, context: Context, depth: number): Block[] {
  const children = blocks(node, context, depth);
  if (node.checked === null || node.checked === undefined) return children;
  // Boxes are ours alone to offer: a tick in quoted text would edit our comment.
  const box: Inline = { type: 'text', value: node.checked ? '☑ ' : '☐ ' };
  const [first, ...rest] = children;
  if (first?.type !== 'paragraph') return [{ type: 'paragraph', children: [box] }, ...children];
  return [{ type: 'paragraph', children: [box, ...first.children] }, ...rest];
}

function block(node: Nodes, context: Context, depth: number): Block[] {
  switch (node.type) {
    case 'paragraph':
      return paragraph(phrasing(node.children, context));
    case 'heading': {
      const children = phrasing(node.children, context);
      return children.length === 0
        ? []
        : [{ type: 'heading', depth: Math.min(6, node.depth + HEADING_SHIFT), children }];
    }
    case 'code':
      return [{ type: 'code', language: language(node.lang), value: defuseCode(node.value) }];
    case 'html':
      return paragraph(tidy(textOfHtml(node.value)));
    case 'thematicBreak':
      return [{ type: 'rule' }];
    case 'blockquote': {
      const children = blocks(node, context, depth + 1);
      return depth >= MAX_DEPTH || children.length === 0 ? children : [{ type: 'quote', children }];
    }
    case 'list': {
      const items = node.children
        .map((child) => item(child, context, depth + 1))
        .filter((one) => one.length > 0);
      if (depth >= MAX_DEPTH || items.length === 0) return items.flat();
      const start = node.ordered ? Math.min(node.start ?? 1, 999_999_999) : null;
      return [{ type: 'list', start, loose: node.spread ?? false, items }];
    }
    case 'table': {
      const rows = node.children.map((row) => row.children.map((cell) => phrasing(cell.children, context)));
      return [{ type: 'table', rows }];
    }
    case 'footnoteDefinition':
      return [
        ...paragraph(tidy([{ type: 'text', value: `[${node.identifier}]` }])),
        ...blocks(node, context, depth),
      ];
    case 'definition':
    case 'yaml':
      return [];
    default:
      return 'children' in node ? blocks(node, context, depth) : [];
  }
}

function blocks(parent: Parents, context: Context, depth: number): Block[] {
  return parent.children.flatMap((child) => block(child, context, depth));
}

/** What of `root` may be shown, in order. */
export function toNeutralBlocks(root: Root, allowed: ReadonlySet<string>): Block[] {
  return blocks(root, { allowed, definitions: collectDefinitions(root) }, 0);
}
