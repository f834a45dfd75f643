/** Cuts one text to a number of tokens: whole blocks where possible, marked where something is missing. */
import { type Block, splitBlocks, type Topic } from './blocks.ts';
import { DATA_MARK, datamark } from './clean.ts';
import type { TokenCounter } from './tokens.ts';

export interface CutText {
  /** What stands between the tags, marks included. */
  readonly text: string;
  readonly tokens: number;
  /** Tokens left out, estimated where text was too long to be counted; 0 when nothing was. */
  readonly cutTokens: number;
}

/** A piece of the text with what it costs. */
interface Piece {
  readonly topic: Topic;
  readonly lines: string;
  readonly tokens: number;
}

/** What `[cut: …]` and the line ends around it cost at most. */
const CUT_MARK_TOKENS = 14;
/** Less than this of a block is not worth showing. */
const MIN_PART_TOKENS = 24;
/** Characters a token stands for, where we only estimate. */
const CHARACTERS_PER_TOKEN = 4;
/** Looking further into a line cannot fill the room better: words are shorter than this on average. */
const MAX_CHARACTERS_PER_TOKEN = 12;

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

/**
 * `text` (clean, without marks) cut to at most `share` tokens. `unread` are characters behind it that nobody
 * counted. The share is kept whenever it is at least about 20 tokens; below that only the mark is left.
 */
export function cutText(text: string, share: number, unread: number, options: CutOptions): CutText {
  const mark = (lines: string) => (options.marked ? datamark(lines) : lines);
  const { counter } = options;
  const whole = mark(text);
  const tokens = counter.count(whole);
  const beyond = Math.ceil(unread / CHARACTERS_PER_TOKEN);
  if (tokens <= share && unread === 0) return { text: whole, tokens, cutTokens: 0 };
  const pieces = splitBlocks(text).map((block: Block) => {
    const lines = mark(block.markdown);
    return { topic: block.topic, lines, tokens: counter.count(lines) + 1 };
  });
  let goal = share;
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const kept = choose(pieces, goal, counter);
    const cut = assemble(pieces, kept, tokens, beyond, counter);
    if (cut.tokens <= share) return cut;
    goal -= cut.tokens - share + 4;
  }
  return assemble(pieces, new Map(), tokens, beyond, counter);
}

/** What is kept of each piece by its index: all its lines, or the first ones. */
type Kept = ReadonlyMap<number, string>;

/** Root cause and changes share first, then the problem and text without a topic, in reading order. */
function choose(pieces: readonly Piece[], share: number, counter: TokenCounter): Kept {
  const kept = new Map<number, string>();
  const of = (...topics: Topic[]) =>
    [...pieces.keys()].filter((index) => topics.includes(pieces[index]?.topic ?? 'other'));
  const needOf = (indices: readonly number[]) =>
    indices.reduce((sum, index) => sum + (pieces[index]?.tokens ?? 0), 0);
  const [cause, changes] = [of('rootCause'), of('changes')];
  const [causeShare = 0, changesShare = 0] = waterFill([needOf(cause), needOf(changes)], share);
  let left = share - fill(cause, causeShare, pieces, kept, counter);
  left -= fill(changes, Math.min(changesShare, left), pieces, kept, counter);
  left -= fill(of('problem'), left, pieces, kept, counter);
  fill(of('other'), left, pieces, kept, counter);
  return kept;
}

/** Keeps pieces in order while they fit, then a part of the next one. Returns the tokens used. */
function fill(
  indices: readonly number[],
  share: number,
  pieces: readonly Piece[],
  kept: Map<number, string>,
  counter: TokenCounter,
): number {
  let used = 0;
  for (const index of indices) {
    const piece = pieces[index];
    if (piece === undefined) continue;
    if (used + piece.tokens <= share) {
      kept.set(index, piece.lines);
      used += piece.tokens;
      continue;
    }
    const room = share - used - CUT_MARK_TOKENS;
    const part = room >= MIN_PART_TOKENS ? firstLines(piece.lines, room, counter) : '';
    if (part !== '') kept.set(index, part);
    return part === '' ? used : used + counter.count(part) + CUT_MARK_TOKENS;
  }
  return used;
}

/** As many whole lines as fit and, outside code, as many words of the next one. Counts only what could fit. */
function firstLines(lines: string, room: number, counter: TokenCounter): string {
  const rows = lines.split('\n');
  const most = Math.min(rows.length, room); // a line is a token or more
  const byRows = longest(most, (count) => counter.count(rows.slice(0, count).join('\n')) <= room);
  const whole = rows.slice(0, byRows).join('\n');
  const closed = closeFence(whole);
  if (closed !== whole) return closed;
  const left = room - (byRows === 0 ? 0 : counter.count(whole)) - 2; // the line end and "…"
  const words = left < MIN_PART_TOKENS ? '' : firstWords(rows[byRows] ?? '', left, counter);
  return words === '' ? whole : [...rows.slice(0, byRows), words].join('\n');
}

function firstWords(row: string, room: number, counter: TokenCounter): string {
  const start = row.slice(0, room * MAX_CHARACTERS_PER_TOKEN);
  const words = start.split(/(?<= )/);
  const parts = words.length > 2 ? words : [...start]; // more than the data mark and one word
  const count = longest(parts.length, (many) => counter.count(parts.slice(0, many).join('')) <= room);
  return count === 0 ? '' : `${parts.slice(0, count).join('').trimEnd()}…`;
}

/** A code block that was cut still ends, so that what follows is not read as code. */
function closeFence(lines: string): string {
  const fences = lines.match(new RegExp(`^(?:\\${DATA_MARK} )? {0,3}(\`{3,}|~{3,})`, 'gm')) ?? [];
  const open = fences[0];
  return fences.length === 1 && open !== undefined ? `${lines}\n${open}` : lines;
}

/** The largest count from 0 to `most` that fits, where fitting is monotone (binary search). */
function longest(most: number, fits: (count: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function assemble(
  pieces: readonly Piece[],
  kept: Kept,
  total: number,
  beyond: number,
  counter: TokenCounter,
): CutText {
  const parts: string[] = [];
  let missing = 0;
  const flush = () => {
    if (missing > 0) parts.push(`[cut: ${missing} tokens]`);
    missing = 0;
  };
  for (const [index, piece] of pieces.entries()) {
    const lines = kept.get(index);
    if (lines !== undefined) {
      flush();
      parts.push(lines);
    }
    if (lines !== piece.lines)
      missing += Math.max(1, piece.tokens - (lines === undefined ? 0 : counter.count(lines)));
  }
  missing += beyond;
  flush();
  const text = parts.join('\n');
  const tokens = counter.count(text);
  return { text, tokens, cutTokens: Math.max(1, total + beyond - tokens) };
}
