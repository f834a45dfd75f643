/** Cuts one text to a number of tokens: whole blocks where possible, marked where something is missing. */
import { type Block, splitBlocks, type Topic } from './blocks.ts';
import { datamark } from './clean.ts';
import type { TokenCounter } from './tokens.ts';

export interface CutText {
  /** What stands between the tags, marks included. */
  readonly text: string;
  readonly tokens: number;
  /** Tokens left out, estimated where text was too long to be counted; 0 when nothing was. */
  readonly cutTokens: number;
}

/** What `[cut: …]` and the line ends around it cost at most. */
const CUT_MARK_TOKENS = 14;
/** Less than this of a block is not worth showing. */
const MIN_PART_TOKENS = 24;
/** Characters a token stands for, where we only estimate. */
const CHARACTERS_PER_TOKEN = 4;

/** Lines, long ones in parts of some words. */
const UNIT = /[\s\S]{1,160}(?:\S{0,40}\s|$)|[\s\S]{1,160}/gu;

export interface CutOptions {
  readonly counter: TokenCounter;
  /** False: the text's lines carry no mark. */
  readonly marked: boolean;
}

/** Level of water over basins: everybody gets what it needs, or an equal part of what is left (max-min fairness). */
export function waterFill(
  needs: readonly number[],
  available: number,
  weights?: readonly number[],
): number[] {
  const shares = needs.map(() => 0);
  let open = needs.map((_, index) => index);
  let left = Math.max(0, available);
  while (open.length > 0) {
    const weight = open.reduce((sum, index) => sum + (weights?.[index] ?? 1), 0);
    const level = left / weight;
    const filled = open.filter((index) => (needs[index] ?? 0) <= level * (weights?.[index] ?? 1));
    if (filled.length === 0) {
      for (const index of open) shares[index] = Math.floor(level * (weights?.[index] ?? 1));
      return shares;
    }
    for (const index of filled) {
      shares[index] = needs[index] ?? 0;
      left -= needs[index] ?? 0;
    }
    open = open.filter((index) => !filled.includes(index));
  }
  return shares;
}

/** A text that may be cut, again and again to other shares: everything is counted once. */
export interface Cuttable {
  /** Tokens of the whole text as shown, what nobody counted estimated. */
  readonly need: number;
  /** Does ahead what the first cut takes most of its time for. */
  prepare(): void;
  /**
   * The text in at most `share` tokens. The share is kept whenever it is at least about 20 tokens; below that only
   * the mark is left.
   */
  cutTo(share: number): CutText;
}

/** `text` is clean and without marks; `unread` are characters behind it that nobody counted. */
export function prepareText(text: string, unread: number, options: CutOptions): Cuttable {
  const whole = options.marked ? datamark(text) : text;
  const tokens = options.counter.count(whole);
  const missing = Math.ceil(unread / CHARACTERS_PER_TOKEN);
  const need = tokens + missing;
  const known = new Map<number, CutText>();
  let pieces: readonly Piece[] | null = null;
  const split = () => {
    pieces ??= splitBlocks(text).map((block) => new Piece(block, options));
    return pieces;
  };
  return {
    need,
    prepare: split,
    cutTo(share) {
      if (need <= share && missing === 0) return { text: whole, tokens, cutTokens: 0 };
      const cut = known.get(share) ?? cutPieces(split(), share, { need, missing }, options.counter);
      known.set(share, cut);
      return cut;
    },
  };
}

/** Tokens of the whole text, and those of it that were not read and stand in no piece. */
interface Whole {
  readonly need: number;
  readonly missing: number;
}

function cutPieces(pieces: readonly Piece[], share: number, whole: Whole, counter: TokenCounter): CutText {
  let goal = share;
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const cut = assemble(pieces, choose(pieces, goal), whole, counter);
    if (cut.tokens <= share) return cut;
    goal -= cut.tokens - share + 4;
  }
  return assemble(pieces, new Map(), whole, counter);
}

/** A block as shown with what it costs. Tokens are sums over its lines and thereby rather too many. */
class Piece {
  readonly topic: Topic;
  readonly lines: string;
  readonly tokens: number;
  private readonly counter: TokenCounter;
  private counted: readonly Unit[] | null = null;

  constructor(block: Block, { counter, marked }: CutOptions) {
    this.topic = block.topic;
    this.lines = marked ? datamark(block.markdown) : block.markdown;
    this.counter = counter;
    this.tokens = counter.count(this.lines) + 1;
  }

  /** As many lines as fit and, outside code, a part of the next one; null when that is not worth it. */
  start(room: number): Kept | null {
    if (room < MIN_PART_TOKENS) return null;
    let tokens = 3; // the line end and what closes
    let lines = '';
    let cutInLine = false;
    for (const unit of this.units()) {
      if (tokens + unit.tokens > room) {
        cutInLine = !unit.startsLine;
        break;
      }
      lines += unit.startsLine && lines !== '' ? `\n${unit.text}` : unit.text;
      tokens += unit.tokens;
    }
    if (lines === '') return null;
    return { lines: cutInLine ? `${lines.trimEnd()}…` : closeFence(lines), tokens };
  }

  private units(): readonly Unit[] {
    this.counted ??= this.lines.split('\n').flatMap((line) =>
      (line.match(UNIT) ?? ['']).map((text, index) => ({
        text,
        startsLine: index === 0,
        tokens: this.counter.count(text) + 1,
      })),
    );
    return this.counted;
  }
}

interface Unit {
  readonly text: string;
  readonly startsLine: boolean;
  readonly tokens: number;
}

/** What is kept of a piece: all its lines, or the first ones. */
interface Kept {
  readonly lines: string;
  readonly tokens: number;
}

/** Root cause and changes share first, then the problem and text without a topic, in reading order. */
function choose(pieces: readonly Piece[], share: number): Map<number, Kept> {
  const kept = new Map<number, Kept>();
  const of = (topic: Topic) => [...pieces.entries()].filter(([, piece]) => piece.topic === topic);
  const needOf = (entries: readonly (readonly [number, Piece])[]) =>
    entries.reduce((sum, [, piece]) => sum + piece.tokens, 0);
  const [cause, changes] = [of('rootCause'), of('changes')];
  const [causeShare = 0, changesShare = 0] = waterFill([needOf(cause), needOf(changes)], share);
  let left = share - fill(cause, causeShare, kept);
  left -= fill(changes, Math.min(changesShare, left), kept);
  left -= fill(of('problem'), left, kept);
  fill(of('other'), left, kept);
  return kept;
}

/** Keeps pieces in order while they fit, then a part of the next one. Returns the tokens used. */
function fill(
  entries: readonly (readonly [number, Piece])[],
  share: number,
  kept: Map<number, Kept>,
): number {
  let used = 0;
  for (const [index, piece] of entries) {
    const fits = used + piece.tokens <= share;
    const part = fits ? piece : piece.start(share - used - CUT_MARK_TOKENS);
    if (part !== null) kept.set(index, part);
    used += part?.tokens ?? 0;
    if (!fits) return used + (part === null ? 0 : CUT_MARK_TOKENS);
  }
  return used;
}

/** A code block that was cut still ends, so that what follows is not read as code. */
function closeFence(lines: string): string {
  const fences = lines.match(/^(?:\| )? {0,3}(`{3,}|~{3,})/gm) ?? [];
  const open = fences[0];
  return fences.length === 1 && open !== undefined ? `${lines}\n${open}` : lines;
}

function assemble(
  pieces: readonly Piece[],
  kept: ReadonlyMap<number, Kept>,
  { need, missing }: Whole,
  counter: TokenCounter,
): CutText {
  const parts: string[] = [];
  const uncounted = Math.max(missing, need - pieces.reduce((sum, { tokens }) => sum + tokens, 0));
  let gap = 0;
  const flush = () => {
    if (gap > 0) parts.push(`[cut: ${gap} tokens]`);
    gap = 0;
  };
  for (const [index, piece] of pieces.entries()) {
    const part = kept.get(index);
    if (part !== undefined) {
      flush();
      parts.push(part.lines);
    }
    if (part?.lines !== piece.lines) gap += Math.max(1, piece.tokens - (part?.tokens ?? 0));
  }
  gap += uncounted;
  flush();
  const text = parts.join('\n');
  const tokens = counter.count(text);
  return { text, tokens, cutTokens: Math.max(1, need - tokens) };
}
