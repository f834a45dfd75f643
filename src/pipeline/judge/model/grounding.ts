/**
 * Does the golden proposal speak of things that exist? Identifiers in code style, paths and links that occur
 * neither in the issue nor in a proposal are reported: the model made them up, or something made it write them.
 */
import { parseMarkdown } from '../../../markdown/parse.ts';
import { bareAddresses, codeBlocks, codeSpans, links } from '../../../markdown/query.ts';
import { filesIn, namesInInlineCode, symbolsInProse } from '../embedded/identifiers.ts';

export interface Ungrounded {
  readonly identifiers: readonly string[];
  readonly paths: readonly string[];
  readonly links: readonly string[];
}

/** Enough to tell; a text that names more is not checked further. */
const MAX_NAMES = 300;
/** Names shown in the note. */
const MAX_SHOWN = 12;

const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
/** What a code block brings into the world itself. */
const DECLARED =
  /\b(?:const|let|var|function|class|interface|type|enum|def|func|fn|struct|val|trait|namespace|module)\s{1,8}([A-Za-z_$][\w$]{0,80})/g;
const DECLARED_ARGUMENTS = /\(([^()]{0,400})\)\s{0,8}(?:=>|\{|:)/g;

export interface Sources {
  /** Issue and proposals as posted. */
  readonly texts: readonly string[];
}

/** What the text names that no source does, distinct, in order of appearance. Case does not matter. */
export function findUngrounded(golden: string, sources: Sources): Ungrounded {
  const known = sources.texts.join('\n').toLowerCase();
  const words = new Set(known.match(WORD) ?? []);
  const root = parseMarkdown(golden);
  const spans = codeSpans(root);
  const blocks = codeBlocks(root).map(({ value }) => value);
  const prose = golden.replace(/`[^`\n]{0,400}`/g, ' ');

  const urls = [...links(root).map(({ url }) => url), ...[...spans, ...blocks].flatMap(bareAddresses)];
  const withoutUrls = (text: string) => text.replace(/(?:https?:\/\/|www\.)\S+/g, ' ');
  const code = [...spans, ...blocks].map(withoutUrls);
  const paths = [...code, withoutUrls(prose)].flatMap(filesIn);
  const declared = new Set(blocks.flatMap(declaredIn));
  const inline = spans
    .map(withoutUrls)
    .filter((span) => filesIn(span).length === 0)
    .flatMap(namesInInlineCode);
  const shaped = [withoutProseOfBlocks(prose, blocks), ...blocks].map(withoutUrls).flatMap(symbolsInProse);

  return {
    identifiers: missing(
      [...inline, ...shaped],
      (name) => isKnownName(name, words) || declared.has(name),
    ).filter((name) => !paths.some((path) => path.includes(name))),
    paths: missing(paths, (path) => occursIn(known, path.toLowerCase())),
    links: missing(urls, (url) => occursIn(known, url.toLowerCase().replace(/\/$/, ''))),
  };
}

/** Symbols of blocks are looked at apart: in prose what a block declares has not been declared. */
function withoutProseOfBlocks(prose: string, blocks: readonly string[]): string {
  return blocks.reduce((rest, block) => rest.replace(block, () => ' '), prose);
}

function missing(names: readonly string[], isKnown: (name: string) => boolean): string[] {
  return [...new Set(names)].slice(0, MAX_NAMES).filter((name) => !isKnown(name));
}

/** What makes the characters around a path or link a part of it: `Cache.ts` does not occur in `DataCache.tsx`. */
const GOES_BEFORE = /[\p{L}\p{N}_@.-]$/u;
const GOES_ON = /^(?:[\p{L}\p{N}_]|\.[\p{L}\p{N}])/u;

/** Whether the name stands in the text as a whole; folders before it and pages below it may be left out. */
function occursIn(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const end = at + name.length;
    if (!GOES_BEFORE.test(text.slice(Math.max(0, at - 2), at)) && !GOES_ON.test(text.slice(end, end + 3)))
      return true;
  }
  return false;
}

/** `user.fullName` is known when both of its words are. */
function isKnownName(name: string, words: ReadonlySet<string>): boolean {
  return (name.toLowerCase().match(WORD) ?? []).every((word) => words.has(word));
}

function declaredIn(block: string): string[] {
  const names = [...block.matchAll(DECLARED)].map((match) => match[1] ?? '');
  const inParentheses = [...block.matchAll(DECLARED_ARGUMENTS)].flatMap(
    (match) => match[1]?.match(WORD) ?? [],
  );
  return [...names, ...inParentheses];
}

/** True when something is there that leads elsewhere: a path or a link nobody wrote. */
export function isMisleading({ paths, links: urls }: Ungrounded): boolean {
  return paths.length + urls.length > 0;
}

export function isGrounded({ identifiers, paths, links: urls }: Ungrounded): boolean {
  return identifiers.length + paths.length + urls.length === 0;
}

/** Everything that is not grounded, links first. */
export function ungroundedNames({ identifiers, paths, links: urls }: Ungrounded): string[] {
  return [...urls, ...paths, ...identifiers];
}

/** The golden proposal with a note behind it that names what nobody wrote. */
export function markUngrounded(golden: string, found: Ungrounded): string {
  if (isGrounded(found)) return golden;
  const names = ungroundedNames(found);
  const shown = names.slice(0, MAX_SHOWN).map((name) => `\`${name.replaceAll('`', '').slice(0, 120)}\``);
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  return `${golden.trimEnd()}\n\nNot found in the issue or in any proposal, so check before use: ${shown.join(', ')}${more}.`;
}
