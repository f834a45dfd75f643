/**
 * Packs issue and proposals into the prompt's budget: everybody gets a fair share, long texts are cut to it, and
 * what was cut is recorded. What does not even fit so goes through rounds.
 */
import type { CutRecord, JudgeInput } from '../types.ts';
import { type CleanText, cleanAndLimit } from './clean.ts';
import { type Cuttable, prepareText, waterFill } from './cut.ts';
import {
  ALL_PARTS,
  type AnswerParts,
  issueText,
  type Message,
  type RenderOptions,
  renderMessages,
} from './messages.ts';
import type { ShownIds } from './order.ts';
import { countPrompt, memoise, type TokenCounter } from './tokens.ts';

/** Tokens of Qwen3's window and of its parts. */
export interface TokenBudget {
  readonly prompt: number;
  readonly thinking: number;
  readonly answer: number;
}

export const WINDOW_TOKENS = 8_192;
export const DEFAULT_BUDGET: TokenBudget = { prompt: 4_608, thinking: 2_048, answer: 1_536 };

/** Kept free for our own note at the end of the prompt: an error to mend, the proposal to write for. */
export const NOTE_TOKENS = 128;
/** A proposal cut below this no longer says what it is about: rounds are better. */
export const MIN_SHARE_TOKENS = 220;
/** The issue is what all are measured against: it counts as two texts. */
const ISSUE_WEIGHT = 2;
/** Tokens left over that are worth another try. */
const WORTH_FILLING = 64;
/** In the default budget: longer texts cannot fit and would only take time to count. */
const MAX_CHARACTERS = 24_000;
const MAX_CHARACTERS_TOGETHER = 400_000;
const MIN_CHARACTERS = 4_000;

export interface PackedPrompt {
  readonly messages: readonly Message[];
  readonly shown: ShownIds;
  /** Exact tokens, chat template included, at most the budget. */
  readonly tokens: number;
  readonly cuts: readonly CutRecord[];
}

export interface PackerOptions {
  readonly counter: TokenCounter;
  /** Tokens of the prompt; `DEFAULT_BUDGET.prompt` when left out. */
  readonly promptTokens?: number;
  readonly parts?: AnswerParts;
  readonly defences?: boolean;
  readonly thinking?: boolean;
}

export interface Packer {
  /** True when every one of these proposals gets a share that says something. */
  fits(numbers: readonly number[]): boolean;
  /** The prompt for the proposals of `order`, in that order. `fits` was asked before. */
  pack(order: readonly number[], options?: Partial<Pick<RenderOptions, 'note' | 'parts'>>): PackedPrompt;
}

/** Reads and counts every text once. Yields to other work between texts, for counting blocks. */
export async function createPacker(input: JudgeInput, options: PackerOptions): Promise<Packer> {
  const counter = memoise(options.counter);
  const budget = options.promptTokens ?? DEFAULT_BUDGET.prompt;
  const defences = options.defences ?? true;
  const read = async (raw: string, limit = MIN_CHARACTERS): Promise<Cuttable> => {
    await new Promise(setImmediate);
    const { text, unread } = defences ? cleanAndLimit(raw, limit) : limited(raw, limit);
    return prepareText(text, unread, { counter, marked: defences });
  };
  const bodies = input.candidates.map(({ body }) => body);
  const [issueLimit, ...limits] = readingLimits([issueText(input), ...bodies], budget);
  const issue = await read(issueText(input), issueLimit);
  const sources = new Map<number, Cuttable>();
  for (const [index, { number, body }] of input.candidates.entries()) {
    sources.set(number, await read(body, limits[index]));
  }
  const texts = [issue, ...sources.values()];
  if (texts.reduce((sum, { need }) => sum + need, 0) > budget) {
    for (const text of texts) {
      await new Promise(setImmediate);
      text.prepare();
    }
  }
  return new PromptPacker(input, { ...options, counter }, issue, sources);
}

/** UTF-16 units to read of each text: long ones share what short ones leave. A larger budget has room for more. */
function readingLimits(raws: readonly string[], budget: number): number[] {
  const scale = Math.max(1, budget / DEFAULT_BUDGET.prompt);
  const lengths = raws.map(({ length }) => Math.min(length, Math.floor(scale * MAX_CHARACTERS)));
  const limits = waterFill(lengths, scale * MAX_CHARACTERS_TOGETHER);
  return limits.map((limit, index) =>
    limit === raws[index]?.length ? Number.POSITIVE_INFINITY : Math.max(MIN_CHARACTERS, limit),
  );
}

function limited(raw: string, limit: number): CleanText {
  return { text: raw.slice(0, limit).toWellFormed(), unread: Math.max(0, raw.length - limit) };
}

class PromptPacker implements Packer {
  private readonly input: JudgeInput;
  private readonly counter: TokenCounter;
  private readonly budget: number;
  private readonly thinking: boolean;
  private readonly base: Pick<RenderOptions, 'parts' | 'defences'>;
  private readonly issue: Cuttable;
  private readonly sources: ReadonlyMap<number, Cuttable>;
  private readonly rooms = new Map<string, number>();

  constructor(
    input: JudgeInput,
    options: PackerOptions,
    issue: Cuttable,
    sources: ReadonlyMap<number, Cuttable>,
  ) {
    this.input = input;
    this.counter = options.counter;
    this.budget = options.promptTokens ?? DEFAULT_BUDGET.prompt;
    this.thinking = options.thinking ?? true;
    this.base = { parts: options.parts ?? ALL_PARTS, defences: options.defences ?? true };
    this.issue = issue;
    this.sources = sources;
  }

  fits(numbers: readonly number[]): boolean {
    if (numbers.length <= 2) return true;
    const needs = this.needs(numbers);
    const shares = waterFill(needs, this.room(numbers), [ISSUE_WEIGHT]);
    return shares
      .slice(1)
      .every((share, index) => share >= Math.min(needs[index + 1] ?? 0, MIN_SHARE_TOKENS));
  }

  pack(order: readonly number[], options: Partial<Pick<RenderOptions, 'note' | 'parts'>> = {}): PackedPrompt {
    const note = options.note ?? null;
    const parts = options.parts ?? this.base.parts;
    const render = { ...this.base, parts, order, note } as const;
    let room = this.roomFor(render);
    let packed = this.render(render, room);
    // Only a note longer than its reserve comes here.
    for (let attempt = 0; packed.tokens > this.budget && attempt < 12; attempt += 1) {
      room -= packed.tokens - this.budget + 8;
      packed = this.render(render, room);
    }
    return packed;
  }

  /**
   * Room for the texts with which the whole prompt fits without its note, so that the texts are the same with and
   * without one. Cuts leave something over and tokens merge differently once texts are joined: tried, not computed.
   */
  private roomFor(options: RenderOptions): number {
    const numbers = [...options.order].sort((a, b) => a - b); // cut alike in every order
    const key = JSON.stringify([numbers, options.parts]);
    const known = this.rooms.get(key);
    if (known !== undefined) return known;
    const render = { ...options, note: null };
    let fitting: number | null = null;
    let failing: number | null = null;
    let room = this.room(options.order);
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const packed = this.render(render, room);
      const left = this.budget - NOTE_TOKENS - packed.tokens;
      if (left >= 0) fitting = room;
      else failing = room;
      if (left >= 0 && (packed.cuts.length === 0 || left < WORTH_FILLING || attempt > 4)) break;
      // Both sides known: halve. Otherwise move by what is over or missing.
      const step = left < 0 ? left - 8 : left;
      room = fitting !== null && failing !== null ? Math.floor((fitting + failing) / 2) : room + step;
    }
    this.rooms.set(key, fitting ?? room);
    return fitting ?? room;
  }

  private needs(numbers: readonly number[]): number[] {
    return [this.issue.need, ...numbers.map((number) => this.sources.get(number)?.need ?? 0)];
  }

  /** Tokens left for the texts when everything else stands in the prompt. */
  private room(numbers: readonly number[]): number {
    const empty = { issue: '', proposals: new Map<number, string>() };
    const { messages } = renderMessages(this.input, empty, {
      ...this.base,
      order: numbers,
      note: null,
    });
    return (
      this.budget - NOTE_TOKENS - countPrompt(messages, this.thinking, this.counter) - 2 * numbers.length
    );
  }

  private render(options: RenderOptions, room: number): PackedPrompt {
    const shares = waterFill(this.needs(options.order), room, [ISSUE_WEIGHT]);
    const issue = this.issue.cutTo(shares[0] ?? 0);
    const cuts: CutRecord[] = issue.cutTokens > 0 ? [{ text: 'issue', cutTokens: issue.cutTokens }] : [];
    const proposals = new Map<number, string>();
    for (const [index, number] of options.order.entries()) {
      const source = this.sources.get(number);
      if (source === undefined) continue;
      const cut = source.cutTo(shares[index + 1] ?? 0);
      proposals.set(number, cut.text);
      if (cut.cutTokens > 0) cuts.push({ text: number, cutTokens: cut.cutTokens });
    }
    const { messages, shown } = renderMessages(this.input, { issue: issue.text, proposals }, options);
    return { messages, shown, tokens: countPrompt(messages, this.thinking, this.counter), cuts };
  }
}
