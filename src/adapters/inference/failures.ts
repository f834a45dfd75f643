/** What went wrong with one attempt, and whose fault it is. */
import { APIConnectionError, APIError, BadRequestError } from 'openai';
import { JudgeError } from '../../errors.ts';

/**
 * - `unreachable`: no connection, or it broke off.
 * - `timeout`: a token did not come in time.
 * - `unfinished`: tokens came, but the time for the whole completion was used up.
 * - `failing`: the server answered 5xx, or ended its stream without finishing.
 * - `overloaded`: 429, or 503 with `retry-after`: alive, but not now.
 * - `absent`: 404: this server does not serve the model or the API; another may.
 * - `refused`: the request or the key is wrong; it will be wrong everywhere.
 */
export type FailureKind =
  | 'unreachable'
  | 'timeout'
  | 'unfinished'
  | 'failing'
  | 'overloaded'
  | 'absent'
  | 'refused';

/** A server may answer with a whole page of HTML. */
const MESSAGE_LIMIT = 500;

/** One attempt's failure. It never leaves the adapter: callers get a JudgeError. */
export class AttemptError extends Error {
  override readonly name = 'AttemptError';
  readonly kind: FailureKind;
  readonly status: number | null;
  /** Milliseconds the server asked us to wait, null when it did not. */
  readonly retryAfterMs: number | null;
  /** Whether text had arrived; then nothing may be repeated. */
  readonly afterText: boolean;

  constructor(
    kind: FailureKind,
    message: string,
    details: { status?: number; retryAfterMs?: number | null; afterText?: boolean; cause?: unknown } = {},
  ) {
    super(message.slice(0, MESSAGE_LIMIT).replace(/\.$/, ''), { cause: details.cause });
    this.kind = kind;
    this.status = details.status ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.afterText = details.afterText ?? false;
  }

  /** Only what says that the server itself is broken counts for its circuit breaker. */
  get blamesServer(): boolean {
    return this.kind === 'unreachable' || this.kind === 'timeout' || this.kind === 'failing';
  }

  get repeatable(): boolean {
    return this.kind !== 'refused' && this.kind !== 'unfinished' && !this.afterText;
  }
}

/** Turns whatever the SDK threw into an AttemptError. */
export function toAttemptError(error: unknown, afterText: boolean): AttemptError {
  if (error instanceof AttemptError) return error;
  // APIConnectionError is an APIError too, so it comes first.
  if (error instanceof APIConnectionError) {
    return new AttemptError('unreachable', rootMessage(error), { afterText, cause: error });
  }
  if (error instanceof APIError) return fromStatus(error, afterText);
  // Within a stream, a broken connection is fetch's bare TypeError, and torn JSON a SyntaxError.
  return new AttemptError('unreachable', rootMessage(error), { afterText, cause: error });
}

function fromStatus(error: APIError, afterText: boolean): AttemptError {
  // Errors sent within a stream have no status of their own; vLLM names it in the event's `code`.
  const status = error.status ?? Number(error.code ?? Number.NaN);
  const retryAfterMs = readRetryAfter(error.headers);
  const details = { status, retryAfterMs, afterText, cause: error };
  return new AttemptError(kindOf(status, retryAfterMs), error.message, details);
}

function kindOf(status: number, retryAfterMs: number | null): FailureKind {
  if (status === 429 || (status === 503 && retryAfterMs !== null)) return 'overloaded';
  if (status === 404) return 'absent';
  if (status === 408 || status === 409) return 'failing';
  return status >= 400 && status < 500 ? 'refused' : 'failing';
}

/** `retry-after` in seconds or as a date. */
function readRetryAfter(headers: Headers | undefined): number | null {
  const text = headers?.get('retry-after');
  if (!text) return null;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/** fetch says only "fetch failed"; what failed stands in the causes. */
export function rootMessage(error: unknown): string {
  let current = error;
  for (let depth = 0; depth < 6 && current instanceof Error && current.cause instanceof Error; depth += 1) {
    current = current.cause;
  }
  if (!(current instanceof Error)) return String(current);
  // Connecting to a name with several addresses fails with an AggregateError that has no message of its own.
  const inner = current instanceof AggregateError ? current.errors[0] : current;
  return inner instanceof Error && inner.message ? inner.message : current.name;
}

/** What the caller of the port gets to see. */
export function toJudgeError(failure: AttemptError, serverUrl: string, attempts: number): JudgeError {
  const tries = attempts === 1 ? '' : ` (${attempts} attempts)`;
  return new JudgeError(
    `The inference server ${serverUrl} ${describe(failure)}${tries}: ${failure.message}.`,
    remedyFor(failure),
    {
      cause: failure,
      retryable: failure.kind !== 'refused' && failure.kind !== 'absent',
      absent: failure.kind === 'absent',
      overloaded: failure.kind === 'overloaded',
    },
  );
}

function describe(failure: AttemptError): string {
  switch (failure.kind) {
    case 'unreachable':
      return failure.afterText ? 'broke off its answer' : 'cannot be reached';
    case 'timeout':
      return 'did not answer in time';
    case 'unfinished':
      return 'did not finish in time';
    case 'failing':
      return failure.afterText ? 'failed within its answer' : 'failed';
    case 'overloaded':
      return 'is overloaded';
    case 'absent':
      return 'does not serve this';
    case 'refused':
      return 'refused the request';
    default:
      return failure.kind satisfies never;
  }
}

function remedyFor(failure: AttemptError): string {
  if (failure.status === 401 || failure.status === 403) return 'Check INFERENCE_API_KEY.';
  if (failure.kind === 'absent') {
    return 'Check INFERENCE_MODEL against the models the server lists, and that INFERENCE_URL ends in /v1.';
  }
  const refusedByServer = failure.cause instanceof BadRequestError;
  if (refusedByServer && /thinking_token_budget/.test(failure.message)) {
    return 'Start vLLM with --reasoning-parser qwen3, or ask for no thinking budget.';
  }
  if (failure.kind === 'refused') return 'Correct the request; sending it again gives the same answer.';
  if (failure.kind === 'unfinished') return 'Raise INFERENCE_TIMEOUT_SECONDS, or ask for fewer tokens.';
  if (failure.kind === 'overloaded')
    return 'Wait, lower INFERENCE_MAX_IN_FLIGHT, or add a server to INFERENCE_URL.';
  return "Look at the server's log; the request can be sent again once it answers.";
}
