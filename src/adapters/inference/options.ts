/** How the client deals with the inference service: what the configuration says, and defaults for the rest. */
import type { InferenceConfig } from '../../config/inference.ts';

export interface InferenceOptions {
  /** Base URLs, without a slash at the end; usually they end in `/v1`. At least one. */
  readonly servers: readonly string[];
  /** Sent as bearer token; null sends none. */
  readonly apiKey: string | null;
  /** A served model or LoRA adapter; null takes the first that a server lists. */
  readonly model: string | null;
  /** Requests this process keeps open on one server at a time; more wait here. */
  readonly maxInFlight: number;
  /** Longest wait for a connection, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Longest wait for the first token, in milliseconds: the server's queue and the prompt's prefill. */
  readonly firstTokenTimeoutMs: number;
  /** Longest pause within a stream, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Longest time for one completion with all its attempts, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Most attempts for one completion. */
  readonly maxAttempts: number;
  /** First wait before another attempt, in milliseconds; it doubles, with jitter, up to `maxRetryDelayMs`. */
  readonly retryDelayMs: number;
  /** Longest wait before another attempt in milliseconds; a server's `retry-after` is cut to it too. */
  readonly maxRetryDelayMs: number;
  /** Failures in a row that open a server's circuit breaker. */
  readonly breakerFailures: number;
  /** Milliseconds an open breaker waits before a health check may close it. */
  readonly breakerPauseMs: number;
  /** Milliseconds between two health checks while requests are under way. */
  readonly healthIntervalMs: number;
  /** Longest wait for a health check, in milliseconds. */
  readonly healthTimeoutMs: number;
}

export const DEFAULT_INFERENCE_OPTIONS: Omit<InferenceOptions, 'servers'> = {
  apiKey: null,
  model: null,
  maxInFlight: 32,
  connectTimeoutMs: 5_000,
  firstTokenTimeoutMs: 180_000,
  idleTimeoutMs: 60_000,
  requestTimeoutMs: 600_000,
  maxAttempts: 4,
  retryDelayMs: 500,
  maxRetryDelayMs: 10_000,
  breakerFailures: 5,
  breakerPauseMs: 5_000,
  healthIntervalMs: 10_000,
  healthTimeoutMs: 5_000,
};

/** What the configuration says, over the defaults. */
export function clientOptions(
  config: InferenceConfig,
  override: Partial<InferenceOptions> = {},
): InferenceOptions {
  return {
    ...DEFAULT_INFERENCE_OPTIONS,
    servers: config.servers,
    apiKey: config.apiKey,
    model: config.model,
    maxInFlight: config.maxInFlight,
    requestTimeoutMs: config.requestTimeoutMs,
    ...override,
  };
}
