/** What the fake inference server is told to do with a request. */

/** A request as it arrived. */
export interface FakeRequest {
  /** Counts from 0 over the server's life. */
  readonly index: number;
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly maxTokens: number | null;
  readonly temperature: number | null;
  readonly seed: number | null;
  readonly thinking: boolean;
  readonly thinkingBudget: number | null;
  /** The JSON Schema of `response_format`, null when none was sent. */
  readonly schema: Record<string, unknown> | null;
  readonly stream: boolean;
  readonly authorization: string | null;
  /** The whole body, for what is not listed here. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface FakeAnswer {
  readonly kind?: 'answer';
  readonly thinking?: string;
  /** An object is sent as JSON; null: generation ended inside the thinking. */
  readonly answer: string | object | null;
  readonly finishReason?: string;
  /** Milliseconds before the first token. */
  readonly delayMs?: number;
  /** Milliseconds between two pieces of text. */
  readonly pieceDelayMs?: number;
  /** Characters in a piece; default 24. */
  readonly pieceLength?: number;
  /**
   * Pieces after which something goes wrong instead of the rest; 0 is before any text, after the headers. `finish` is
   * after the reason why generation ended.
   */
  readonly breakAfter?: number | 'finish';
  /**
   * What goes wrong: `drop` destroys the connection, `truncate` ends the stream as if it were complete, `hang`
   * stays silent for ever, `error` sends an error event, `garbage` sends torn JSON.
   */
  readonly breakHow?: 'drop' | 'truncate' | 'hang' | 'error' | 'garbage';
  /** Sends thinking as `reasoning_content`, as older servers do. */
  readonly legacyReasoning?: boolean;
}

export interface FakeFailure {
  readonly kind: 'status';
  readonly status: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
}

/** Takes the request and never says a word; `refuse` closes the connection at once. */
export interface FakeSilence {
  readonly kind: 'hang' | 'refuse';
}

export type FakeBehaviour = FakeAnswer | FakeFailure | FakeSilence;

/** A function of the request; it may be async and may throw, which answers 500. */
export type FakeScript = (request: FakeRequest) => FakeBehaviour | Promise<FakeBehaviour>;

/** Answers the requests one after the other; the last behaviour stays. */
export function inTurn(first: FakeBehaviour, ...rest: readonly FakeBehaviour[]): FakeScript {
  const behaviours = [first, ...rest];
  return ({ index }) => behaviours[Math.min(index, behaviours.length - 1)] ?? first;
}

/**
 * Milliseconds drawn from a Pareto distribution, whose tail is as heavy as that of thinking models' answers.
 * @param median milliseconds half of the draws stay under
 * @param shape the smaller, the heavier the tail; at 1 or below the mean is infinite
 * @param uniform a number from 0 (included) to 1 (excluded)
 * @param cap milliseconds no draw exceeds
 */
export function heavyTailMs(
  median: number,
  shape: number,
  uniform: number,
  cap = Number.POSITIVE_INFINITY,
): number {
  const scale = median / 2 ** (1 / shape);
  return Math.min(cap, scale / (1 - uniform) ** (1 / shape));
}
