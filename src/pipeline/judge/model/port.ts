/**
 * The inference service as the model judge sees it. One adapter implements it for every OpenAI-compatible
 * server; the fake inference server stands behind the same adapter in tests.
 */

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What the model may think before it answers. */
export interface Thinking {
  /** False: the chat template closes the thinking block at once. */
  readonly enabled: boolean;
  /** Most tokens of thinking, after which the server ends it; null leaves it to `maxTokens` alone. */
  readonly budgetTokens: number | null;
}

/** A JSON Schema that the answer must fill, and the name servers want for it. */
export interface AnswerSchema {
  /** Letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface CompletionRequest {
  readonly messages: readonly ChatMessage[];
  /** A model or LoRA adapter by its served name; omitted: the configured one, else the server's first. */
  readonly model?: string;
  /** Most tokens to generate, thinking included. */
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP?: number;
  /** Sampling repeats with the same seed only on the same server, model and batch. */
  readonly seed?: number;
  readonly thinking: Thinking;
  /** Null: free text. */
  readonly schema: AnswerSchema | null;
}

/** Who answers. */
export interface Answerer {
  /** The model, as the server names it. */
  readonly model: string;
  /** The server, its base URL without credentials. */
  readonly serverUrl: string;
}

/**
 * Why generation ended: `stop` the model was done, `length` `maxTokens` or the window was used up,
 * `content_filter` the server withheld text; `unknown` anything else it names.
 */
export type FinishReason = 'stop' | 'length' | 'content_filter' | 'unknown';

export interface Completion extends Answerer {
  /** Null when generation ended inside the thinking: nothing was answered. */
  readonly answer: string | null;
  /** Null when there was none, or the server does not separate it (it then stands in `answer`). */
  readonly thinking: string | null;
  readonly finishReason: FinishReason;
  /** As the server counts; null when it did not say. */
  readonly promptTokens: number | null;
  /** As the server counts, thinking included; null when it did not say. */
  readonly completionTokens: number | null;
  /** Milliseconds from the first attempt's start to the last token; the wait for a free slot came before. */
  readonly durationMs: number;
  /** Requests sent for this completion: 1 unless an attempt failed before its first token. */
  readonly attempts: number;
}

/** A piece of the stream. At least one of the two is present. */
export interface TextDelta {
  readonly thinking?: string;
  readonly answer?: string;
}

export interface CompleteOptions {
  /** Closes the connection, which makes the server stop generating; `complete` rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Called for each piece of text as it arrives. Must not throw. */
  readonly onText?: (delta: TextDelta, from: Answerer) => void;
}

export interface ServerHealth {
  /** Base URL without credentials. */
  readonly url: string;
  /** `open`: its circuit breaker lets nothing through for now; `down`: it did not answer the last check. */
  readonly state: 'up' | 'down' | 'open';
  /** Requests this client has open there. */
  readonly inFlight: number;
  /** Round trip of the last check in milliseconds, null when it failed. */
  readonly latencyMs: number | null;
  /** Served model names, empty when it is not up. */
  readonly models: readonly string[];
  /** Why it is not up, null when it is. */
  readonly problem: string | null;
}

/** A LoRA adapter under the name of its version. */
export interface Adapter {
  readonly name: string;
  /** Its directory as the servers see it. */
  readonly path: string;
}

export interface InferenceClient {
  /**
   * One completion. Attempts that fail before any token are repeated, on another server where there is one;
   * none is repeated after a token.
   * @throws JudgeError retryable: no server can be reached or all are overloaded, the stream broke off, or
   * time ran out. Not retryable: the server refused the request itself (prompt too long, wrong API key, schema it
   * cannot compile), or no server has the model.
   * @throws the signal's reason when it aborts.
   */
  complete(request: CompletionRequest, options?: CompleteOptions): Promise<Completion>;
  /**
   * Served model names over all servers that answer, LoRA adapters included, without duplicates.
   * @throws JudgeError retryable when none answers, not retryable when the API key is refused.
   */
  models(signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * Has every server serve the adapter by its name, beside what it serves already; servers that list the name are
   * left alone, so nothing is ever replaced in place.
   * @throws JudgeError for the first server that cannot: it is down, or may not load adapters, or cannot read this one
   */
  loadAdapter(adapter: Adapter, signal?: AbortSignal): Promise<void>;
  /** Asks every server now. Never throws for a server that is down: that is its answer. */
  health(signal?: AbortSignal): Promise<readonly ServerHealth[]>;
  /** Aborts what is open and frees the connections. */
  close(): Promise<void>;
}
