/**
 * The comment's own words, as sentences: quotes, code, HTML and long quotations are other people's words or
 * nobody's. Links become tokens, so that a sentence can be read with its references in place.
 */
import type { Nodes, Parents } from 'mdast';
import { parseMarkdown } from '../../../markdown/parse.ts';

/** Characters of prose that are read; a longer comment is a report, and its verdict stands at the top. */
const MAX_PROSE = 20_000;
/** Nobody writes longer ones; a bound keeps the reading linear. */
const MAX_SENTENCE = 1_000;
/** Inline code this short is a name ("`Help Wanted`"), anything longer is code. */
const MAX_NAME_WORDS = 2;

export interface Sentence {
  /** Lower case, apostrophes straight, links as tokens such as `⟦comment:12⟧`, `⟦pull⟧`, `⟦link⟧`. */
  readonly text: string;
  readonly isQuestion: boolean;
  /** Sentences of one paragraph or list item share it. */
  readonly paragraph: number;
}

export function sentencesOf(body: string): Sentence[] {
  const paragraphs: string[] = [];
  collect(parseMarkdown(body), paragraphs);
  let room = MAX_PROSE;
  return paragraphs.flatMap((raw, paragraph) => {
    const text = raw.slice(0, room);
    room -= text.length;
    return split(text).map((sentence) => ({
      text: sentence,
      isQuestion: /\?[^\w⟦]*$/u.test(sentence),
      paragraph,
    }));
  });
}

const BLOCKS: ReadonlySet<Nodes['type']> = new Set(['paragraph', 'heading', 'tableCell']);

function collect(node: Nodes, paragraphs: string[]): void {
  if (node.type === 'blockquote' || node.type === 'code' || node.type === 'html') return;
  if (BLOCKS.has(node.type)) paragraphs.push(inlineText(node as Parents));
  else if ('children' in node) for (const child of node.children) collect(child, paragraphs);
}

function inlineText(node: Parents): string {
  return node.children.map((child) => textOf(child)).join('');
}

function textOf(node: Nodes): string {
  switch (node.type) {
    case 'text':
      return node.value.replace(/[⟦⟧]/gu, ' ').replace(/https?:\/\/[^\s<>()[\]]+/gi, tokenOf);
    case 'inlineCode':
      return node.value.trim().split(/\s+/).length <= MAX_NAME_WORDS && !node.value.includes('⟦')
        ? ` ${node.value.trim()} `
        : ' ';
    case 'link':
      return `${inlineText(node)} ${tokenOf(node.url)}`;
    case 'break':
      return '\n';
    default:
      return 'children' in node ? inlineText(node) : ' ';
  }
}

/** What an address points at; the punctuation behind a bare one stays in the sentence. */
function tokenOf(address: string): string {
  const [, url = '', rest = ''] = /^(.*?)([.,;:!?'"*_~]*)$/s.exec(address) ?? [];
  const comment = /#issuecomment-(\d{1,15})/.exec(url)?.[1];
  if (comment !== undefined) return ` ⟦comment:${comment}⟧${rest}`;
  if (/\/pull\/\d+/.test(url)) return ` ⟦pull⟧${rest}`;
  return ` ⟦link⟧${rest}`;
}

/** Double quotation marks around more than two words quote somebody. */
const QUOTATION = /["“][^"“”\n]{0,400}["”]/gu;

const LONGEST = new RegExp(`[^]{1,${MAX_SENTENCE}}`, 'g');

function split(paragraph: string): string[] {
  return paragraph
    .replace(QUOTATION, (quoted) => (quoted.trim().split(/\s+/).length > 2 ? ' ' : quoted))
    .replace(/[’‘`´]/gu, "'")
    .toLowerCase()
    .split(/(?<=[.!?…])\s+|\n+|;\s/u)
    .flatMap((sentence) => sentence.match(LONGEST) ?? [])
    .map((sentence) => sentence.replace(/\s+/g, ' ').trim())
    .filter((sentence) => sentence !== '');
}
