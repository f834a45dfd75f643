/** Lines that serve as headings without being written as such. */
import type { Nodes, Paragraph } from 'mdast';
import { plainText } from './markdown.ts';
import { roleOfHeading } from './sections.ts';

/** A paragraph that opens with bold words naming a part, `**Root cause:** …`, is a heading and its text. */
export function boldTitle(node: Paragraph): { heading: string; rest: Paragraph | null } | null {
  const [first, ...others] = node.children;
  if (first?.type !== 'strong') return plainTitle(node);
  const heading = plainText(first).trim().replace(/:$/, '');
  if (others.length === 0) return heading.length <= 100 ? { heading, rest: null } : null;
  const colon = plainText(first).trim().endsWith(':') || /^\s*:/.test(firstText(others[0]));
  if (!colon && !firstText(others[0]).startsWith('\n')) return null;
  if (roleOfHeading(heading) === null) return null;
  return { heading, rest: { ...node, children: others, ...restPosition(node, others[0]) } };
}

function restPosition(node: Paragraph, first: Nodes | undefined): Pick<Paragraph, 'position'> {
  const start = first?.position?.start;
  return node.position === undefined || start === undefined
    ? {}
    : { position: { start, end: node.position.end } };
}

function firstText(node: Nodes | undefined): string {
  return node?.type === 'text' ? node.value : node?.type === 'break' ? '\n' : '';
}

/** `Root cause:` alone on a line, without bold. */
function plainTitle(node: Paragraph): { heading: string; rest: null } | null {
  const text = plainText(node).trim();
  if (text.length > 60 || !text.endsWith(':') || roleOfHeading(text) === null) return null;
  return text.split(' ').length <= 5 ? { heading: text.slice(0, -1), rest: null } : null;
}
