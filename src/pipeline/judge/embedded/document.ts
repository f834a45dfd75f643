/**
 * One proposal, read: its sections by what they are for, its sentences, code blocks and links to the source.
 * What a reader cannot see, quotes of others and the template's own words are not part of it.
 */
import type { Nodes, Paragraph, RootContent } from 'mdast';
import { shownText } from '../../../markdown/html.ts';
import { identifiersOf, nameKey, parseSourceLink, type SourceLink, symbolsInCode } from './identifiers.ts';
import { holdsMedia, parse, plainText, renderNode, visibleNodes, walk } from './markdown.ts';
import { isBoilerplate, type Role, roleOfHeading, roleOfSentence } from './sections.ts';
import { contentStems, sentencesOf, shinglesOf, textKey } from './text.ts';
import { boldTitle } from './titles.ts';

export interface Sentence {
  readonly text: string;
  readonly role: Role;
  /** Words of the sentence, folded: equal keys say the same. */
  readonly key: string;
  /** Overlapping runs of the key's words, by which copied text is found. */
  readonly shingles: readonly string[];
  /** Symbols and file names it mentions, distinct, as written. */
  readonly identifiers: readonly string[];
  /** Stems of its informative words, code included, addresses left out. */
  readonly stems: readonly string[];
  /** What it is compared by: stems of its prose, and its identifiers marked with `#` so that they never meet a word. */
  readonly terms: readonly string[];
}

export interface CodeBlock {
  readonly code: string;
  readonly role: Role;
  readonly symbols: readonly string[];
  /** Lines that hold more than brackets. */
  readonly lines: number;
  /** It shows what was and what will be. */
  readonly isDiff: boolean;
}

export interface CitedLink extends SourceLink {
  readonly role: Role;
}

/**
 * One top-level piece of a section, as Markdown that is safe to quote. `omitted` pieces have nothing to quote: recordings,
 * template text, repeats of what was said before.
 */
export interface Block {
  readonly role: Role;
  readonly kind: 'prose' | 'list' | 'table' | 'code' | 'omitted';
  readonly markdown: string;
  readonly sentences: readonly Sentence[];
}

export interface Section {
  readonly heading: string | null;
  readonly role: Role;
  readonly blocks: readonly Block[];
}

export interface ProposalDocument {
  readonly sections: readonly Section[];
  /** Distinct sentences in order. */
  readonly sentences: readonly Sentence[];
  readonly codes: readonly CodeBlock[];
  readonly links: readonly CitedLink[];
  /** Sentences that repeat an earlier one word for word. */
  readonly repeats: number;
  readonly headings: number;
  /** Headings of known parts under which nothing stands. */
  readonly emptySections: readonly string[];
}

const MAX_SENTENCES = 400;
const MAX_CODES = 60;
const MAX_LINKS = 200;
/** Depth given to a bold line that serves as a heading. */
const BOLD_DEPTH = 7;

interface OpenSection {
  heading: string | null;
  role: Role;
  blocks: Block[];
}

class Reader {
  readonly sections: OpenSection[] = [{ heading: null, role: 'other', blocks: [] }];
  readonly sentences = new Map<string, Sentence>();
  readonly codes: CodeBlock[] = [];
  readonly links: CitedLink[] = [];
  repeats = 0;
  private known: { role: Role; depth: number } = { role: 'other', depth: 0 };
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  private get section(): OpenSection {
    return this.sections.at(-1) as OpenSection;
  }

  read(node: RootContent): void {
    if (node.type === 'heading') this.open(plainText(node).trim(), node.depth);
    else if (node.type === 'paragraph') this.paragraph(node);
    else if (node.type === 'html') this.html(node.value);
    else if (node.type === 'code' || node.type === 'list' || node.type === 'table') this.block(node);
  }

  private open(heading: string, depth: number): void {
    const role = this.roleUnder(heading, depth);
    this.sections.push({ heading, role, blocks: [] });
  }

  private roleUnder(heading: string, depth: number): Role {
    const own = roleOfHeading(heading);
    const deeper = depth > this.known.depth;
    if (deeper && this.known.role === 'alternatives') return 'alternatives';
    if (own === null) return deeper || depth === BOLD_DEPTH ? this.known.role : this.leave(depth);
    this.known = { role: own, depth };
    return own;
  }

  private leave(depth: number): Role {
    this.known = { role: 'other', depth };
    return 'other';
  }

  private paragraph(node: Paragraph): void {
    const title = boldTitle(node);
    if (title !== null) this.open(title.heading, BOLD_DEPTH);
    const text = title === null ? node : title.rest;
    if (text !== null) this.block(text);
  }

  private html(value: string): void {
    const text = shownText(value).trim();
    if (text === '' || text.length > 4_000) return;
    const sentences = this.proseOf(text);
    if (sentences.length > 0) this.add({ kind: 'prose', markdown: text, sentences });
  }

  private block(node: RootContent): void {
    const sentences: Sentence[] = [];
    const before = { repeats: this.repeats, codes: this.codes.length };
    walk(node, (inner) => this.inner(inner, sentences));
    const markdown = renderNode(node, this.source);
    const isNew = sentences.length > 0 || this.codes.length > before.codes;
    const saysNothing = !isNew && (this.repeats > before.repeats || isNoise(markdown));
    if (markdown === '' || saysNothing || (node.type === 'table' && holdsMedia(node))) {
      this.add({ kind: 'omitted', markdown: '', sentences });
      return;
    }
    const kind = node.type === 'paragraph' ? 'prose' : (node.type as 'code' | 'list' | 'table');
    this.add({ kind, markdown, sentences });
  }

  private inner(node: Nodes, sentences: Sentence[]): boolean {
    if (node.type === 'blockquote') return false;
    if (node.type === 'link') this.link(node.url);
    if (node.type === 'code') this.code(node.value, node.lang ?? '');
    if (node.type !== 'paragraph' && node.type !== 'tableCell') return true;
    sentences.push(...this.proseOf(plainText(node)));
    return true; // the links inside
  }

  private add(block: Omit<Block, 'role'>): void {
    const role =
      this.section.role === 'other' ? (block.sentences[0]?.role ?? this.lastRole()) : this.section.role;
    this.section.blocks.push({ ...block, role });
  }

  /** Code without a heading belongs to the sentence before it. */
  private lastRole(): Role {
    return this.section.role === 'other' ? (this.section.blocks.at(-1)?.role ?? 'other') : this.section.role;
  }

  private proseOf(text: string): Sentence[] {
    const found: Sentence[] = [];
    for (const sentence of sentencesOf(text.replace(/^[\s:]+/, ''))) {
      const key = textKey(sentence);
      if (key === '' || isBoilerplate(sentence) || isBareUrl(sentence)) continue;
      if (this.sentences.has(key)) this.repeats += 1;
      else if (this.sentences.size < MAX_SENTENCES) found.push(this.sentence(sentence, key));
    }
    return found;
  }

  private sentence(text: string, key: string): Sentence {
    const role = this.section.role === 'other' ? roleOfSentence(text) : this.section.role;
    const sentence = { text, key, role, shingles: shinglesOf(key), ...wordingOf(text) };
    this.sentences.set(key, sentence);
    return sentence;
  }

  private code(value: string, language: string): void {
    const code = value.slice(0, 8_000);
    const lines = code.split('\n').filter((line) => /\w{2,}/.test(line)).length;
    if (lines === 0 || this.codes.length >= MAX_CODES) return;
    const isDiff = language === 'diff' || (/^\+[^+]/m.test(code) && /^-[^-]/m.test(code));
    this.codes.push({
      code,
      role: this.lastRole(),
      symbols: [...new Set(symbolsInCode(code))],
      lines,
      isDiff,
    });
  }

  private link(url: string): void {
    const link = parseSourceLink(url);
    if (link !== null && this.links.length < MAX_LINKS) this.links.push({ ...link, role: this.lastRole() });
  }
}

/** Reads a proposal. Never throws on odd Markdown; cost is bounded: `parse` cuts it. */
export function readProposal(body: string): ProposalDocument {
  const { source, root } = parse(body);
  const reader = new Reader(source);
  for (const node of visibleNodes(root)) reader.read(node);
  const { sections, sentences, codes, links, repeats } = reader;
  return {
    sections,
    sentences: [...sentences.values()],
    codes,
    links,
    repeats,
    headings: sections.length - 1,
    emptySections: sections.flatMap((section, index) => emptyHeading(section, sections[index + 1])),
  };
}

function emptyHeading(section: OpenSection, next: OpenSection | undefined): string[] {
  const hasContent = section.blocks.some((block) => block.sentences.length > 0 || block.kind === 'code');
  const isParent = next !== undefined && next.role === section.role;
  const { heading, role } = section;
  // A sub-heading in the author's own words is no part that the template asks for.
  const isExpected = heading !== null && roleOfHeading(heading) === role && role !== 'alternatives';
  return hasContent || isParent || !isExpected ? [] : [heading];
}

/** Whether no line holds more than a list marker and words of the template. */
function isNoise(markdown: string): boolean {
  const lines = markdown.split('\n').map((line) => line.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, '').trim());
  return lines.every((line) => line === '' || isBoilerplate(line));
}

function isBareUrl(sentence: string): boolean {
  return /^\S*https?:\/\/\S+$/.test(sentence);
}

const ADDRESS = /https?:\/\/\S+/g;

function wordingOf(text: string): Pick<Sentence, 'identifiers' | 'stems' | 'terms'> {
  const identifiers = identifiersOf(text);
  const bare = text.replace(ADDRESS, ' ');
  const prose = bare.replace(/`[^`]*`/g, ' ');
  return {
    identifiers,
    stems: contentStems(bare),
    terms: [...contentStems(prose), ...identifiers.map((name) => `#${nameKey(name)}`)],
  };
}
