import type { Code, InlineCode, Nodes, Root } from 'mdast';
import { visit } from 'unist-util-visit';
import { stripInvisible, wellFormed } from '../../markdown/invisible.ts';
import { parseMarkdown } from '../../markdown/parse.ts';
import { betweenHtml } from './between-html.ts';
import { MAX_QUOTE, type ParsedCommand, parseRequest } from './grammar.ts';
import { covers, type Range, rangesOf } from './ranges.ts';

/**
 * A command line: up to three spaces (as many as Markdown ignores), `/manager`, then the verb, after a space of
 * whatever width a keyboard gives. Neither the word `manager` nor the verb care about case, for phones capitalise the
 * first word of a line.
 */
const TRIGGER = /^\uFEFF? {0,3}\/manager(?=[\t\p{Zs}]|$)/iu;

/** Further commands in one comment are ignored. */
export const MAX_COMMANDS = 20;

/** A line longer than this is no hidden command but prose. */
const MAX_MASKED_LINE = 1_000;

/**
 * The commands of a comment, in the order of their lines. Only lines of the text itself count: whatever stands
 * in code, block quotes (those of HTML, too), lists, tables, footnotes, HTML or emphasis does not, nor does a line that
 * merely continues a list item or a quote (an empty line before it makes it count). Never throws.
 */
export function parseCommands(body: string): ParsedCommand[] {
  return commandLines(splitLines(body), parseMarkdown(body), body)
    .slice(0, MAX_COMMANDS)
    .map(({ line, text }) => ({
      ...parseRequest(stripInvisible(text.replace(TRIGGER, ''))),
      line,
      text: text.trim().slice(0, MAX_QUOTE).toWellFormed(),
    }));
}

/**
 * True when the comment has no command, but would have one if it were not for its formatting: a line that is
 * nothing but inline code, a code block of nothing but commands, a list item, or a line right below a list, a
 * quote or a table. Worth a hint. Quoted lines (`>`), HTML comments and unknown verbs get none.
 */
export function hasMaskedCommand(body: string): boolean {
  if (!/\/manager/i.test(body)) {
    return false;
  }
  const lines = splitLines(body);
  const root = parseMarkdown(body);
  if (commandLines(lines, root, body).length > 0) {
    return false;
  }
  let masked = false;
  visit(root, (node, _index, parent) => {
    if (node.type === 'inlineCode') {
      masked ||= isWholeLine(node, lines);
    } else if (node.type === 'code') {
      masked ||= isOnlyCommands(node, lines);
    } else if (node.type === 'tableRow' || (node.type === 'paragraph' && parent?.type !== 'root')) {
      masked ||= sourceLines(lines, node).some(({ text }) => isCommand(withoutListMarker(text)));
    }
  });
  return masked;
}

interface SourceLine {
  /** From 1. */
  readonly line: number;
  /** Offset of its first character in the body. */
  readonly start: number;
  readonly text: string;
}

function splitLines(body: string): SourceLine[] {
  const lines: SourceLine[] = [];
  let start = 0;
  for (const end of body.matchAll(/\r\n|\r|\n|$/g)) {
    lines.push({ line: lines.length + 1, start, text: body.slice(start, end.index) });
    start = end.index + end[0].length;
  }
  return lines;
}

/** The whole lines on which a node stands. */
function sourceLines(lines: readonly SourceLine[], { position }: Nodes): readonly SourceLine[] {
  return position === undefined ? [] : lines.slice(position.start.line - 1, position.end.line);
}

/** Lines of top-level text that begin with the trigger; those of a heading count when `---` below made it one. */
function commandLines(lines: readonly SourceLine[], root: Root, body: string): SourceLine[] {
  const quoted = betweenHtml(root, body);
  return root.children.flatMap((node) => {
    if (node.type !== 'paragraph' && node.type !== 'heading') {
      return [];
    }
    const inline = rangesOf(node.children.filter(({ type }) => type !== 'text' && type !== 'break'));
    const comments = rangesOf(
      node.children.filter((child) => child.type === 'html' && child.value.startsWith('<!--')),
    );
    return sourceLines(lines, node)
      .filter(({ text }) => TRIGGER.test(text))
      .filter(({ start, text }) => ![inline, quoted].some((all) => covers(all, start + text.indexOf('/'))))
      .map((line) => ({ ...line, text: wellFormed(without(line, comments)) }));
  });
}

/** The line's text less what HTML comments hide: a reader cannot see it, so it is no part of the request. */
function without({ start, text }: SourceLine, hidden: readonly Range[]): string {
  let result = '';
  let at = 0;
  for (const { from, to } of hidden) {
    if (to > start + at && from < start + text.length) {
      result += text.slice(at, Math.max(at, from - start));
      at = Math.min(text.length, to - start);
    }
  }
  return result + text.slice(at);
}

function isCommand(text: string): boolean {
  return (
    text.length <= MAX_MASKED_LINE &&
    TRIGGER.test(text) &&
    parseRequest(text.replace(TRIGGER, '')).verb !== 'unknown'
  );
}

function isWholeLine(node: InlineCode, lines: readonly SourceLine[]): boolean {
  const [line, ...others] = sourceLines(lines, node);
  if (line === undefined || others.length > 0 || line.text.length > MAX_MASKED_LINE) {
    return false;
  }
  const code = withoutListMarker(line.text).trim();
  return (
    code.startsWith('`') &&
    code.replace(/^`+|`+$/g, '').trim() === node.value.trim() &&
    isCommand(node.value.trim())
  );
}

function isOnlyCommands(node: Code, lines: readonly SourceLine[]): boolean {
  const isQuoted = /^[ \t]*>/.test(sourceLines(lines, node)[0]?.text ?? '');
  const code = node.value.split('\n').filter((line) => line.trim() !== '');
  return !isQuoted && code.length > 0 && code.every((line) => isCommand(line.trim()));
}

function withoutListMarker(text: string): string {
  return text.replace(/^[ \t]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)?/, '');
}
