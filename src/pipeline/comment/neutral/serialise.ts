import type { Block, Inline } from './tree.ts';

/**
 * Writes neutral blocks as Markdown. Text is escaped far more than it needs to be to look right, so that no
 * neighbouring characters can ever combine into syntax; only the nodes themselves write syntax.
 */

function longestRun(text: string, char: string): number {
  let longest = 0;
  let run = 0;
  for (const one of text) {
    run = one === char ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** A fence that the text cannot close; at most one backtick longer than the text's longest run. */
function fenceFor(text: string, least: number): string {
  return '`'.repeat(Math.max(least, longestRun(text, '`') + 1));
}

export function writeCodeSpan(value: string, inCell = false): string {
  const text = value.replace(/\s+/g, ' ');
  if (text.trim() === '') return '';
  const fence = fenceFor(text, 1);
  const pad = /^[ `]|[ `]$/.test(text) ? ' ' : '';
  return fence + pad + (inCell ? escapeCellCode(text) : text) + pad + fence;
}

/**
 * A table splits its rows before it reads code spans, so a pipe needs a backslash even in code; parsers
 * disagree about `\\|`, so a backslash that stands before a pipe is moved away from it.
 */
function escapeCellCode(text: string): string {
  return text.replace(/\\(?=\|)/g, '\\ ').replaceAll('|', '\\|');
}

/** Escapes one line: everything that opens a span anywhere, and everything that opens a block at its start. */
function escapeLine(line: string): string {
  return line
    .replace(/[\\`*_[\]<~|$^]|&(?=[#\w])|!$/g, '\\$&')
    .replace(/^( *)([#+\-=>!/@]|:(?=\S))/, '$1\\$2') // `:` only where `:-:` could rule a table
    .replace(/^( *\d{1,9})([.)])/, '$1\\$2');
}

/** Text that is data, as Markdown that shows exactly it. Lines are trimmed; empty ones fall out at the end. */
export function escapeText(text: string): string {
  return text
    .split('\n')
    .map((line) => escapeLine(line))
    .join('\n');
}

/** Keeps the target from ending early; the rest is percent-encoded by the URL parser already. */
export function escapeUrl(url: string): string {
  return url
    .replace(
      /[()<>\\`|"'*_~[\]\s]/g,
      (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .replaceAll('%5F', '_')
    .replaceAll('&', '&amp;');
}

const MARKS = { emphasis: '_', strong: '**', delete: '~~' } as const;

function writeInline(node: Inline, inCell: boolean): string {
  switch (node.type) {
    case 'text':
      return escapeText(node.value);
    case 'code':
      return writeCodeSpan(node.value, inCell);
    case 'link': {
      const text = writeOneLine(node.children, inCell);
      return text === '' ? '' : `[${text}](${escapeUrl(node.url)})`;
    }
    default: {
      const text = writeInlines(node.children, inCell);
      return text === '' ? '' : MARKS[node.type] + text + MARKS[node.type];
    }
  }
}

export function writeInlines(nodes: readonly Inline[], inCell = false): string {
  return nodes
    .map((node) => writeInline(node, inCell))
    .join('')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

/** On one line, for headings and table cells. */
export function writeOneLine(nodes: readonly Inline[], inCell = false): string {
  return writeInlines(nodes, inCell).replaceAll('\n', ' ');
}

function indent(text: string, by: string): string {
  return text.replaceAll('\n', `\n${by}`).replace(/^[ ]+$/gm, '');
}

function writeItem(blocks: readonly Block[], mark: string): string {
  return mark + indent(writeBlocks(blocks), ' '.repeat(mark.length));
}

function writeTable(rows: readonly (readonly (readonly Inline[])[])[]): string {
  const lines = rows.map((row) => `| ${row.map((cell) => writeOneLine(cell, true)).join(' | ')} |`);
  const rule = `| ${(rows[0] ?? []).map(() => '---').join(' | ')} |`;
  return [lines[0] ?? '', rule, ...lines.slice(1)].join('\n');
}

export function writeBlock(block: Block): string {
  switch (block.type) {
    case 'paragraph':
      return writeInlines(block.children);
    case 'heading': {
      const text = writeOneLine(block.children);
      return text === '' ? '' : `${'#'.repeat(block.depth)} ${text.replace(/#$/, '\\#')}`;
    }
    case 'quote': {
      const text = writeBlocks(block.children);
      return text === '' ? '' : `> ${text.replaceAll('\n', '\n> ')}`;
    }
    case 'code': {
      const fence = fenceFor(block.value, 3);
      return `${fence}${block.language}\n${block.value}\n${fence}`;
    }
    case 'rule':
      return '---';
    case 'table':
      return writeTable(block.rows);
    case 'list': {
      const { start } = block;
      const items = block.items.map((item, index) =>
        writeItem(item, start === null ? '- ' : `${start + index}. `),
      );
      return items.join(block.loose ? '\n\n' : '\n');
    }
    default:
      return block satisfies never;
  }
}

export function writeBlocks(blocks: readonly Block[]): string {
  return blocks
    .map(writeBlock)
    .filter((text) => text !== '')
    .join('\n\n');
}
