import type { Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { defuseCode, stripUnseen } from './neutral/defuse.ts';
import { isCheapToParse } from './neutral/guard.ts';
import { tidy } from './neutral/inline.ts';
import { writeBlock, writeInlines, writeOneLine } from './neutral/serialise.ts';
import { toNeutralBlocks } from './neutral/transform.ts';
import type { Block, Inline } from './neutral/tree.ts';

/**
 * Everything from a model, a proposal or a person passes through here before the bot repeats it. The result
 * still reads as Markdown, but nothing in it acts: no mention, reference, image, raw HTML, foreign link,
 * task box, HTML comment or line that a bot could take for a command. How each is made harmless is told in
 * `neutral/defuse.ts`; what may remain is listed in `neutral/tree.ts`.
 */
export interface NeutraliseOptions {
  /** Absolute URLs (http or https) that stood in the thread; every other link becomes its text. */
  readonly allowedLinks: ReadonlySet<string>;
  /** Most UTF-16 code units in the result, the note about shortening included. */
  readonly maxLength: number;
}

const NO_LINKS: ReadonlySet<string> = new Set();
const SHORTENED = '_(shortened)_';
/** GitHub's largest body, in characters; nothing longer is read. */
const LARGEST_BODY = 65_536;

function parse(text: string): Root {
  return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

/** Text that is costly to parse is no prose: it is shown as the code block that it may as well be. */
function blocksOf(text: string, allowedLinks: ReadonlySet<string>): Block[] {
  if (!isCheapToParse(text)) return [{ type: 'code', language: '', value: defuseCode(text) }];
  return toNeutralBlocks(parse(text), allowedLinks);
}

/** At most `max` characters of `text`, up to a line's or else a word's end; whole characters only. */
function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = text
    .slice(0, Math.max(0, max))
    .toWellFormed()
    .replace(/\ufffd$/, '');
  const end = Math.max(head.lastIndexOf('\n'), head.lastIndexOf(' '));
  return end > max / 2 ? head.slice(0, end) : head;
}

/** The longest start of `list` whose written form fits; by halving, so that little is written in vain. */
function longestFit<T>(list: readonly T[], fits: (part: readonly T[]) => boolean): readonly T[] {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(list.slice(0, middle))) low = middle;
    else high = middle - 1;
  }
  return list.slice(0, low);
}

/** A block's start that fits into `room` characters: whole lines, items, rows or words; '' when none does. */
function writeStart(block: Block, room: number): string {
  const fitting = (part: Block) => writeBlock(part).length <= room;
  switch (block.type) {
    case 'code': {
      const all = block.value.split('\n');
      const lines = longestFit(all, (part) => fitting({ ...block, value: part.join('\n') }));
      return lines.length === 0 ? '' : writeBlock({ ...block, value: lines.join('\n') });
    }
    case 'list': {
      const items = longestFit(block.items, (part) => fitting({ ...block, items: part }));
      return items.length === 0 ? '' : writeBlock({ ...block, items });
    }
    case 'table': {
      const rows = longestFit(block.rows, (part) => fitting({ ...block, rows: part }));
      return rows.length < 2 ? '' : writeBlock({ ...block, rows });
    }
    case 'paragraph': {
      const nodes = longestFit(block.children, (part) => fitting({ ...block, children: part }));
      const next = block.children[nodes.length];
      if (next?.type !== 'text') return writeInlines(nodes);
      // Escaping at most doubles a text, so half of the room is always enough.
      const left = Math.floor((room - writeInlines(nodes).length) / 2) - 1;
      const cut: Block = {
        ...block,
        children: [...nodes, { type: 'text', value: cutText(next.value, left) }],
      };
      return fitting(cut) ? writeBlock(cut) : writeInlines(nodes);
    }
    default:
      return '';
  }
}

/**
 * Makes untrusted Markdown harmless and short. Cut between blocks with a visible "(shortened)";
 * one block that is most of the text is cut at a line, item, row or word. Time is linear in the length of `markdown`;
 * what would be costly to parse is shown as code.
 */
export function neutralise(markdown: string, options: NeutraliseOptions): string {
  const { maxLength } = options;
  const clean = stripUnseen(markdown.slice(0, LARGEST_BODY)).trimEnd();
  const source = cutText(clean, Math.min(LARGEST_BODY, 2 * maxLength));
  const whole = source.length === clean.length && markdown.length <= LARGEST_BODY;
  const room = maxLength - SHORTENED.length - 2;
  const written: string[] = [];
  let length = 0;
  let shortened = !whole;
  const blocks = blocksOf(source, options.allowedLinks);
  for (const [index, block] of blocks.entries()) {
    const text = writeBlock(block);
    if (text === '') continue;
    const last = whole && index === blocks.length - 1;
    if (length + text.length > (last ? maxLength : room)) {
      // Half a block is worth showing only where little else is.
      if (length < room / 2) written.push(writeStart(block, room - length));
      shortened = true;
      break;
    }
    written.push(text);
    length += text.length + 2;
  }
  const parts = [...written, shortened ? SHORTENED : ''].filter((text) => text !== '');
  const result = parts.join('\n\n');
  return result.length <= maxLength ? result : '';
}

/** All text of some blocks in one row. */
function flatten(blocks: readonly Block[]): Inline[] {
  return blocks.flatMap((block): Inline[] => {
    const space: Inline = { type: 'text', value: ' ' };
    switch (block.type) {
      case 'paragraph':
      case 'heading':
        return [...block.children, space];
      case 'quote':
        return flatten(block.children);
      case 'list':
        return block.items.flatMap(flatten);
      case 'code':
        return [{ type: 'code', value: block.value }, space];
      case 'table':
        return block.rows.flat().flatMap((cell) => [...cell, space]);
      case 'rule':
        return [];
      default:
        return block satisfies never;
    }
  });
}

export interface LineOptions {
  /** Most UTF-16 code units in the result. */
  readonly maxLength: number;
  /** Whether the line stands in a table's cell, where pipes need escaping even in code. */
  readonly inCell?: boolean;
}

function writeShort(text: string, options: LineOptions, toInlines: (part: string) => Inline[]): string {
  const { maxLength } = options;
  const read = text.slice(0, 4 * maxLength);
  const clean = stripUnseen(read).trim();
  for (let size = maxLength; size > 0; size = Math.floor(size * 0.7)) {
    const part = cutText(clean, size);
    const shortened = part.length < clean.length || read.length < text.length;
    const result = writeOneLine(toInlines(part), options.inCell) + (shortened ? ' …' : '');
    if (result.length <= maxLength) return result;
  }
  return '';
}

/** Like `neutralise`, but on one line and without links, ended by "…" when cut. */
export function neutraliseLine(markdown: string, options: LineOptions): string {
  return writeShort(markdown, options, (part) => flatten(blocksOf(part, NO_LINKS)));
}

/** Names and titles: shown exactly as they are, none of it read as Markdown, yet harmless; one line. */
export function plainText(text: string, options: LineOptions): string {
  return writeShort(text, options, (part) => tidy([{ type: 'text', value: part }]));
}
