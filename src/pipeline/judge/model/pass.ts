/**
 * One pass of the model over one ordering: prompt, answer, and once more with the error when the answer cannot be
 * read. Everything that went out and came in is recorded.
 */
import { JudgeError } from '../../../errors.ts';
import { wellFormed } from '../../../markdown/invisible.ts';
import { neutraliseTokens } from '../prompt/clean.ts';
import type { AnswerParts } from '../prompt/messages.ts';
import { type ShownIds, seedNumber } from '../prompt/order.ts';
import type { PackedPrompt, Packer } from '../prompt/pack.ts';
import type { TokenCounter } from '../prompt/tokens.ts';
import type { Vote, VoteCall, VoteKind } from '../types.ts';
import { type Answer, type AnswerChoice, answerJsonSchema } from './answer.ts';
import { createIdWatcher } from './early-id.ts';
import type { ModelSettings } from './policy.ts';
import type { Answerer, Completion, CompletionRequest, InferenceClient, TextDelta } from './port.ts';
import type { Choice } from './posterior.ts';
import { type ReadResult, readAnswer } from './reader.ts';

/** A vote of the served model always says how it was called. */
export type ModelVote = Vote & VoteCall;

/** What all passes of one judgement share. */
export interface Session {
  readonly client: InferenceClient;
  readonly model: string;
  readonly settings: ModelSettings;
  readonly parts: AnswerParts;
  readonly packer: Packer;
  readonly counter: TokenCounter;
  readonly seed: string;
  readonly signal: AbortSignal;
  /** Every call in order. */
  readonly votes: ModelVote[];
}

export interface PassRequest {
  readonly kind: VoteKind;
  /** Tells passes of one judgement apart; part of the seed. */
  readonly label: string;
  readonly order: readonly number[];
  /** Proposal numbers that may be chosen; all shown ones when left out. */
  readonly choices?: readonly number[];
  readonly allowNull: boolean;
  /** False cancels the answer once the id is there. */
  readonly full: boolean;
  readonly note?: (shown: ShownIds) => string;
}

/** `choice` is undefined when the pass failed. */
export interface PassResult {
  readonly choice: Choice | undefined;
  /** Null for a failed or cancelled pass. */
  readonly answer: Answer | null;
  readonly shown: ShownIds;
  /** The last call's failure when the service failed it. */
  readonly outage: JudgeError | null;
}

/** @throws the signal's reason; JudgeError when the service refuses the request itself. */
export async function runPass(session: Session, request: PassRequest): Promise<PassResult> {
  const first = await attemptPass(session, request, 0, null);
  if (first.problem === null || first.outage !== null) return first;
  return attemptPass(session, request, 1, first.problem);
}

/**
 * For passes that no other pass can stand in for.
 * @throws JudgeError retryable when the service failed this one: the run waits instead of deciding without it.
 */
export async function runNeededPass(session: Session, request: PassRequest): Promise<PassResult> {
  const result = await runPass(session, request);
  if (result.outage === null) return result;
  throw new JudgeError(`The ${request.kind} pass failed: ${result.outage.message}`, result.outage.remedy, {
    cause: result.outage,
    retryable: true,
  });
}

interface Attempt extends PassResult {
  readonly problem: ReadProblem | null;
}

type ReadProblem = Extract<ReadResult, { valid: false }>;

/** Reasons that less thinking mends: the answer never began. */
const RAN_OUT: ReadonlySet<string> = new Set(['empty', 'unclosed_thinking']);

async function attemptPass(
  session: Session,
  request: PassRequest,
  attempt: number,
  mend: ReadProblem | null,
): Promise<Attempt> {
  const packed = packFor(session, request, mend);
  const choice = choiceFor(request, packed.shown);
  const thinking = session.settings.switches.thinking && !RAN_OUT.has(mend?.reason ?? '');
  const completion = completionFor(session, request, packed, choice, attempt, thinking);
  const started = performance.now();
  const heard = await listen(session, completion, request.full ? null : choice);
  const record = recordOf(session, request, packed, completion, heard, attempt);
  const durationMs = heard.completion?.durationMs ?? performance.now() - started;
  if (heard.failure !== null) {
    session.votes.push({ ...record, durationMs, error: heard.failure.message });
    return { choice: undefined, answer: null, shown: packed.shown, outage: heard.failure, problem: null };
  }
  if (heard.id !== undefined) {
    const chosen = heard.id === null ? null : packed.shown.numberOf(heard.id);
    session.votes.push({ ...record, durationMs, chosen, cancelled: heard.completion === null });
    return { choice: chosen, answer: null, shown: packed.shown, outage: null, problem: null };
  }
  const read = readAnswer(heard.answer, {
    ids: choice.ids,
    shown: packed.shown.ids,
    allowNull: choice.allowNull,
    parts: session.parts,
  });
  const thoughts = record.thinking ?? read.thinking;
  if (!read.valid) {
    session.votes.push({
      ...record,
      thinking: thoughts,
      durationMs,
      error: `${read.reason}: ${read.problem}`,
    });
    return { choice: undefined, answer: null, shown: packed.shown, outage: null, problem: read };
  }
  const id = read.answer.best_proposal_id;
  const chosen = id === null ? null : packed.shown.numberOf(id);
  session.votes.push({ ...record, thinking: thoughts, durationMs, chosen });
  return { choice: chosen, answer: read.answer, shown: packed.shown, outage: null, problem: null };
}

function packFor(session: Session, request: PassRequest, mend: ReadProblem | null): PackedPrompt {
  // Ids follow from the order alone, so a first packing tells them.
  const plain = session.packer.pack(request.order, { parts: session.parts });
  const note = noteFor(request, plain.shown, mend);
  return note === null ? plain : session.packer.pack(request.order, { parts: session.parts, note });
}

/** Our own last words. They may quote the model, which may quote a proposal: no special token comes in by them. */
function noteFor({ note }: PassRequest, shown: ShownIds, mend: ReadProblem | null): string | null {
  const lines = [
    note?.(shown),
    mend === null
      ? undefined
      : `Your last answer could not be used. ${mend.problem.replace(/\s+/g, ' ').slice(0, 240)}`,
  ].filter((line) => line !== undefined);
  return lines.length === 0 ? null : neutraliseTokens(lines.join('\n\n')).toWellFormed();
}

function choiceFor(request: PassRequest, shown: ShownIds): AnswerChoice {
  const ids = (request.choices ?? request.order).flatMap((number) => shown.idOf(number) ?? []);
  return { ids: ids.sort((a, b) => a - b), allowNull: request.allowNull, assess: shown.ids };
}

function completionFor(
  session: Session,
  request: PassRequest,
  packed: PackedPrompt,
  choice: AnswerChoice,
  attempt: number,
  thinking: boolean,
): CompletionRequest {
  const { budget, sampling } = session.settings;
  return {
    messages: packed.messages,
    model: session.model,
    maxTokens: budget.answer + (thinking ? budget.thinking : 0),
    ...sampling,
    seed: seedNumber(`${session.seed}/${request.label}/${attempt}`),
    thinking: { enabled: thinking, budgetTokens: thinking ? budget.thinking : null },
    schema: answerJsonSchema(choice, session.parts),
  };
}

interface Heard {
  /** Null when it was cancelled or failed. */
  readonly completion: Completion | null;
  readonly answer: string | null;
  readonly thinking: string | null;
  /** The id as soon as it was there; undefined when nobody waited for it or it never came. */
  readonly id: Choice | undefined;
  readonly failure: JudgeError | null;
  /** Null when not one word came. */
  readonly from: Answerer | null;
}

/** Asks, and hangs up as soon as the id is complete when `early` says which ids count. */
async function listen(
  session: Session,
  request: CompletionRequest,
  early: AnswerChoice | null,
): Promise<Heard> {
  const enough = new AbortController();
  const watcher = early === null ? null : createIdWatcher(early.ids, early.allowNull);
  let answer = '';
  let thinking = '';
  let id: Choice | undefined;
  let from: Answerer | null = null;
  const onText = (delta: TextDelta, answerer: Answerer) => {
    if (id !== undefined) return;
    from = answerer;
    thinking += delta.thinking ?? '';
    answer += delta.answer ?? '';
    id = delta.answer === undefined ? undefined : watcher?.feed(delta.answer);
    if (id !== undefined) enough.abort();
  };
  try {
    const signal = AbortSignal.any([session.signal, enough.signal]);
    const completion = await session.client.complete(request, { signal, onText });
    const texts = { answer: kept(completion.answer), thinking: kept(completion.thinking) };
    return { completion, ...texts, id, failure: null, from: completion };
  } catch (error) {
    session.signal.throwIfAborted();
    const heard = { completion: null, answer: kept(answer), thinking: kept(thinking), id, from };
    if (id !== undefined) return { ...heard, failure: null };
    if (!(error instanceof JudgeError) || !error.retryable) throw error;
    return { ...heard, failure: error };
  }
}

/** What the record can hold; null for no text. */
function kept(text: string | null): string | null {
  return text ? wellFormed(text) : null;
}

function recordOf(
  session: Session,
  request: PassRequest,
  packed: PackedPrompt,
  completion: CompletionRequest,
  heard: Heard,
  attempt: number,
): ModelVote {
  const { completion: served } = heard;
  const written = `${heard.thinking ?? ''}${heard.answer ?? ''}`;
  return {
    kind: request.kind,
    label: request.label,
    attempt,
    order: request.order,
    chosen: null,
    prompt: JSON.stringify(completion),
    answer: heard.answer,
    thinking: heard.thinking,
    promptTokens: served?.promptTokens ?? packed.tokens,
    completionTokens: served?.completionTokens ?? session.counter.count(written),
    durationMs: 0,
    error: null,
    seed: completion.seed ?? 0,
    servedBy: heard.from === null ? null : `${heard.from.model} at ${heard.from.serverUrl}`,
    cuts: packed.cuts,
    cancelled: false,
  };
}
