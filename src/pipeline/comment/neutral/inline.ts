import { breakTokens, defuseText, stripUnseen } from './defuse.ts';
import type { Inline } from './tree.ts';

/**
 * Puts a row of inline nodes in order: emphasis that could not be written safely is taken off first, so that
 * text which will stand together is looked at together ("#" and an unwrapped "1" are a reference).
 */

type Emphasis = Extract<Inline, { children: readonly Inline[] }>['type'];

const BOUNDARY = /^[\s\p{P}]$/u;
const CLOSING_KEYWORD = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s*$/i;

function isBoundary(neighbour: Inline | undefined, edge: 'first' | 'last'): boolean {
  if (neighbour === undefined || neighbour.type !== 'text') return true;
  // Two code units hold any one character, and keep this from copying long texts.
  const near = edge === 'first' ? neighbour.value.slice(0, 2) : neighbour.value.slice(-2);
  return BOUNDARY.test([...near].at(edge === 'first' ? 0 : -1) ?? ' ');
}

function textOf(nodes: readonly Inline[]): string {
  return nodes.map((node) => ('children' in node ? textOf(node.children) : node.value)).join('');
}

function mergeText(nodes: readonly Inline[]): Inline[] {
  const out: Inline[] = [];
  for (const node of nodes) {
    const last = out.at(-1);
    if ((node.type === 'text' || node.type === 'code') && last?.type === node.type) {
      out[out.length - 1] = { type: node.type, value: last.value + node.value };
    } else if (!('value' in node) || node.value !== '') {
      out.push(node);
    }
  }
  return out;
}

/** Emphasis stays where both of its edges touch white space or punctuation and its text touches its edges. */
function isWritable(
  node: Inline & { children: readonly Inline[] },
  row: readonly Inline[],
  index: number,
): boolean {
  const text = textOf(node.children);
  if (text === '' || text !== text.trim()) return false;
  if (row[index - 1]?.type === node.type) return false;
  return isBoundary(row[index - 1], 'last') && isBoundary(row[index + 1], 'first');
}

function unwrap(nodes: readonly Inline[], inside: ReadonlySet<Emphasis>): Inline[] {
  const merged = mergeText(nodes);
  return mergeText(
    merged.flatMap((node, index): readonly Inline[] => {
      if (!('children' in node)) return [node];
      const keep = !inside.has(node.type) && (node.type === 'link' ? true : isWritable(node, merged, index));
      const children = unwrap(node.children, keep ? new Set([...inside, node.type]) : inside);
      if (!keep) return children;
      const before = merged[index - 1];
      // "Fixes [that](issue)" could close an issue where the text is reused in a pull request.
      const closes =
        node.type === 'link' && before?.type === 'text' && CLOSING_KEYWORD.test(before.value.slice(-20));
      return closes ? children : [{ ...node, children }];
    }),
  );
}

/** A span's backtick stands before its text, so one that holds a command starts no line with it. */
function oneLineOfCode(value: string): string {
  return breakTokens(stripUnseen(value).replace(/\s+/g, ' '));
}

function defuse(nodes: readonly Inline[]): Inline[] {
  const defused = nodes.flatMap((node): Inline[] => {
    if (node.type === 'text') return defuseText(node.value);
    if (node.type === 'code') return [{ type: 'code', value: oneLineOfCode(node.value) }];
    return [{ ...node, children: defuse(node.children) }];
  });
  // Two code spans that became one may hold together what neither held alone.
  return mergeText(defused).map((node) =>
    node.type === 'code' ? { type: 'code', value: breakTokens(node.value) } : node,
  );
}

/** Merged, unwrapped and defused: ready to be written. */
export function tidy(nodes: readonly Inline[]): Inline[] {
  return defuse(unwrap(nodes, new Set()));
}
