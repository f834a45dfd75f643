/** One scripted answer in the wire format of vLLM's chat completions, streamed or whole. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeAnswer, FakeRequest } from './script.ts';

const DEFAULT_PIECE = 24;
/** Characters a token has on average; the fake has no tokenizer. */
const TOKEN_LENGTH = 4;

interface Piece {
  readonly thinking: boolean;
  readonly text: string;
}

/** Resolves when all that will be sent has been sent; `signal` aborts when the client is gone. */
export async function sendCompletion(
  response: ServerResponse,
  request: FakeRequest,
  answer: FakeAnswer,
  signal: AbortSignal,
): Promise<void> {
  if (answer.delayMs) await sleep(answer.delayMs, undefined, { signal });
  if (request.stream) await sendStream(response, request, answer, signal);
  else await sendWhole(response, request, answer, signal);
}

async function sendStream(
  response: ServerResponse,
  request: FakeRequest,
  answer: FakeAnswer,
  signal: AbortSignal,
): Promise<void> {
  const chunk = (choices: object[], rest: object = {}) =>
    response.write(
      `data: ${JSON.stringify({ ...envelope(request, 'chat.completion.chunk'), choices, ...rest })}\n\n`,
    );
  const delta = (fields: object, finish: string | null = null) =>
    chunk([{ index: 0, delta: fields, finish_reason: finish }]);

  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  delta({ role: 'assistant', content: '' });
  let sent = 0;
  for (const piece of pieces(answer)) {
    if (sent === answer.breakAfter) return breakOff(response, answer, signal);
    if (sent > 0 && answer.pieceDelayMs) await sleep(answer.pieceDelayMs, undefined, { signal });
    const reasoning = answer.legacyReasoning ? 'reasoning_content' : 'reasoning';
    delta({ [piece.thinking ? reasoning : 'content']: piece.text });
    sent += 1;
  }
  if (typeof answer.breakAfter === 'number') return breakOff(response, answer, signal);
  delta({}, finishReason(answer));
  if (answer.breakAfter === 'finish') return breakOff(response, answer, signal);
  if (request.body.stream_options) chunk([], { usage: usage(request, answer) });
  response.end('data: [DONE]\n\n');
}

async function breakOff(response: ServerResponse, answer: FakeAnswer, signal: AbortSignal): Promise<void> {
  switch (answer.breakHow ?? 'drop') {
    case 'drop':
      // What was written must leave the process first, or the client sees none of it.
      await new Promise((resolve) => response.write(': \n\n', resolve));
      dropConnection(response);
      return;
    case 'truncate':
      response.end();
      return;
    case 'garbage':
      response.end('data: {"choices": [{"delta": {"content": "to\n\n');
      return;
    case 'error':
      response.write(`data: ${JSON.stringify({ error: { message: 'engine failure', code: 500 } })}\n\n`);
      response.end('data: [DONE]\n\n');
      return;
    default:
      await untilGone(signal);
  }
}

async function sendWhole(
  response: ServerResponse,
  request: FakeRequest,
  answer: FakeAnswer,
  signal: AbortSignal,
): Promise<void> {
  if (answer.breakAfter !== undefined) return breakOff(response, answer, signal);
  const message = { role: 'assistant', content: textOf(answer), reasoning: answer.thinking ?? null };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      ...envelope(request, 'chat.completion'),
      choices: [{ index: 0, message, finish_reason: finishReason(answer) }],
      usage: usage(request, answer),
    }),
  );
}

const dropped = new WeakSet<ServerResponse>();

/** Destroys the connection from our side, so that it is not taken for the client's doing. */
export function dropConnection(response: ServerResponse): void {
  dropped.add(response);
  response.destroy();
}

export function wasDropped(response: ServerResponse): boolean {
  return dropped.has(response);
}

/** Resolves when the client has closed the connection. */
export function untilGone(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function* pieces(answer: FakeAnswer): Generator<Piece> {
  for (const text of cut(answer.thinking ?? '', answer.pieceLength)) yield { thinking: true, text };
  for (const text of cut(textOf(answer) ?? '', answer.pieceLength)) yield { thinking: false, text };
}

function* cut(text: string, length = DEFAULT_PIECE): Generator<string> {
  for (let start = 0; start < text.length; start += length) yield text.slice(start, start + length);
}

function textOf(answer: FakeAnswer): string | null {
  return answer.answer === null || typeof answer.answer === 'string'
    ? answer.answer
    : JSON.stringify(answer.answer);
}

function finishReason(answer: FakeAnswer): string {
  return answer.finishReason ?? (answer.answer === null ? 'length' : 'stop');
}

function envelope(request: FakeRequest, object: string) {
  return { id: `chatcmpl-fake-${request.index}`, object, created: 0, model: request.model };
}

function usage(request: FakeRequest, answer: FakeAnswer) {
  const prompt = countTokens(request.messages.map((message) => message.content).join('\n'));
  const completion = countTokens((answer.thinking ?? '') + (textOf(answer) ?? ''));
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

function countTokens(text: string): number {
  return Math.ceil(text.length / TOKEN_LENGTH);
}
