/**
 * A text as pieces that may be left out: top-level Markdown blocks, each heading glued to the block below it,
 * and for each what it is about. When a text must be cut, root cause and changes go last.
 */
import type { Paragraph, RootContent } from 'mdast';
import { parseMarkdown } from '../../../markdown/parse.ts';
import { plainText } from '../../../markdown/query.ts';
import { DEFAULT_HEADINGS, type TemplateHeading, templateMatcher } from '../../proposals/headings.ts';

export type Topic = TemplateHeading | 'other';

export interface Block {
  readonly topic: Topic;
  readonly markdown: string;
}

/** A text of very many blocks is flooding: the rest of it is one block. */
const MAX_BLOCKS = 160;
/** Bold lines rank below every heading. */
const BOLD_DEPTH = 7;

const topicOf = templateMatcher(DEFAULT_HEADINGS);
const ASIDE = /\balternativ|\boptional\b|\btest(?:s|ing)?\b|\bscreenshots?\b|\bvideos?\b|\bnotes?\b/i;

/** The blocks in order; joined by blank lines they are the text. `text` is taken as it stands. */
export function splitBlocks(text: string): Block[] {
  const blocks: { topic: Topic; from: number; to: number }[] = [];
  let current: { topic: Topic; depth: number } = { topic: 'other', depth: 0 };
  let pending: number | null = null;
  for (const node of parseMarkdown(text).children) {
    const from = node.position?.start.offset ?? 0;
    const to = node.position?.end.offset ?? from;
    const title = titleOf(node);
    if (title !== null) current = underTitle(title, current);
    const joins = blocks.length >= MAX_BLOCKS ? blocks.at(-1) : undefined;
    if (joins !== undefined) {
      joins.to = to;
    } else if (title?.alone) {
      pending ??= from;
    } else {
      blocks.push({ topic: current.topic, from: pending ?? from, to });
      pending = null;
    }
  }
  if (pending !== null) blocks.push({ topic: current.topic, from: pending, to: text.length });
  return blocks.map(({ topic, from, to }) => ({ topic, markdown: text.slice(from, to) }));
}

interface FoundTitle {
  readonly text: string;
  readonly depth: number;
  /** Nothing but the title stands in its block. */
  readonly alone: boolean;
}

function titleOf(node: RootContent): FoundTitle | null {
  if (node.type === 'heading') return { text: plainText(node), depth: node.depth, alone: true };
  return node.type === 'paragraph' ? boldTitle(node) : null;
}

/** `**Root cause**` alone or before its text in one paragraph. */
function boldTitle(node: Paragraph): FoundTitle | null {
  const [first, ...rest] = node.children;
  if (first?.type !== 'strong') return null;
  const text = plainText(first).slice(0, 200);
  return { text, depth: BOLD_DEPTH, alone: rest.length === 0 };
}

/** An unknown title keeps the topic when it stands deeper than the one that set it. */
function underTitle(
  title: FoundTitle,
  current: { topic: Topic; depth: number },
): { topic: Topic; depth: number } {
  if (ASIDE.test(title.text)) return { topic: 'other', depth: title.depth };
  const topic = topicOf(title.text);
  if (topic !== null) return { topic, depth: title.depth };
  const deeper = title.depth > current.depth && current.depth > 0;
  return deeper || title.depth === BOLD_DEPTH ? current : { topic: 'other', depth: title.depth };
}
