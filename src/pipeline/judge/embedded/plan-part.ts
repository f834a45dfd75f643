/** One part of a proposal's plan as it is quoted in the golden proposal: its blocks in order, without the chatter. */
import type { Block, ProposalDocument, Section } from './document.ts';
import { isMediaAddress } from './markdown.ts';
import { isChatter, isTemplateHeading, type Role } from './sections.ts';

/** Characters of one part. Restating the problem is not what a plan is read for. */
const MAX_PART = 9_000;
const MAX_PROBLEM = 800;

/** Markdown of one part, with the sub-headings its author gave it; empty when there is nothing of that role. */
export function planPart(document: ProposalDocument, role: Role): string {
  const limit = role === 'problem' ? MAX_PROBLEM : MAX_PART;
  const kept: string[] = [];
  let length = 0;
  for (const piece of piecesOf(document, role)) {
    if (length > 0 && length + piece.length > limit) break;
    kept.push(cutMarkdown(piece, MAX_PART));
    length += piece.length;
  }
  return capitalised(kept.join('\n\n'));
}

function piecesOf(document: ProposalDocument, role: Role): string[] {
  const main = document.sections.find((section) => section.role === role);
  return document.sections.flatMap((section) => {
    const blocks = quotable(section.blocks.filter((block) => partOf(block, document) === role));
    const [first, ...rest] = blocks.map(tidied).filter((markdown) => markdown !== '');
    if (first === undefined) return [];
    const heading = section.role === role ? subHeading(section, section === main) : null;
    return heading === null ? [first, ...rest] : [`${heading}\n\n${first}`, ...rest];
  });
}

/** Text under no known heading is part of the plan when it says nothing else. */
function partOf(block: Block, document: ProposalDocument): Role {
  if (block.role !== 'other') return block.role;
  const hasPlan = document.sections.some(({ blocks }) => blocks.some(({ role }) => role === 'change'));
  return hasPlan ? 'other' : 'change';
}

/** Leaves out what is about the proposal and not about the change, and what announces a recording. */
function quotable(blocks: readonly Block[]): Block[] {
  return blocks.filter(({ kind, markdown, sentences }, index) => {
    if (kind === 'omitted') return false;
    if (kind !== 'prose') return true;
    if (sentences.length > 0 && sentences.every(({ text }) => isChatter(text))) return false;
    return !(markdown.endsWith(':') && blocks[index + 1]?.kind === 'omitted');
  });
}

const ENUMERATED =
  /\b(?:solution|option|approach|alternative|step|change|fix|part|method)\W{0,2}(?:\d|[A-D]\b)/i;

/** The heading of a sub-section as Markdown, null when the part's own title says as much. */
function subHeading({ heading }: Section, isMain: boolean): string | null {
  if (heading === null || isTemplateHeading(heading) || (isMain && !ENUMERATED.test(heading))) return null;
  const text = heading.replace(/[*_#:\s]+$/, '').replace(/^[*_#\s]+/, '');
  if (text === '' || text.length > 100) return null;
  // A bold line in lower case goes on with a sentence.
  return /^\p{Ll}/u.test(text) ? text : `#### ${text.replace(/\s+/g, ' ')}`;
}

/** The author's notes about edits say nothing to whoever implements the plan. */
const EDIT_NOTE = /^\W{0,4}(?:edit|edited|update|updated)(?: \d)?\W{0,4}(?:https:\S+)?$/i;

function tidied({ kind, markdown }: Block): string {
  if (kind === 'list') return unlisted(markdown);
  if (kind !== 'prose') return markdown;
  return markdown
    .split('\n')
    .filter((line) => !EDIT_NOTE.test(line) && !isMediaAddress(line.trim()))
    .join('\n')
    .trim();
}

/** A list of one line is a sentence. */
function unlisted(markdown: string): string {
  return markdown.includes('\n') ? markdown : markdown.replace(/^[-*+]\s+(?!\[)/, '');
}

/** Starts with a capital where it starts with a plain word. */
function capitalised(text: string): string {
  return /^\p{Ll}+(?=[\s,])/u.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/** Cuts Markdown at a line, closing an open fence, and says so. */
export function cutMarkdown(markdown: string, limit: number): string {
  if (markdown.length <= limit) return markdown;
  const head = markdown.slice(0, limit - 40);
  const lines = head.slice(0, Math.max(head.lastIndexOf('\n'), 200)).trimEnd();
  const fences = lines.match(/^\s*`{3,}/gm) ?? [];
  const closed = fences.length % 2 === 0 ? lines : `${lines}\n${fences.at(-1)?.trim()}`;
  return `${closed}\n\n… (shortened)`;
}
