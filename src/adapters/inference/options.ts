/** How to reach the inference service: read once from the environment, then only passed on. */
import * as z from 'zod';
import { ConfigError } from '../../errors.ts';

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

const emptyAsUnset = (value: unknown) => (value === '' ? undefined : value);
const optionalText = z.preprocess(emptyAsUnset, z.string().trim().optional());
const optionalCount = z.preprocess(emptyAsUnset, z.coerce.number().int().positive().optional());

/** The variables of the environment, to be spread into the schema that reads them all. */
export const inferenceEnvironment = {
  /** One base URL, or several separated by commas. Unset: the embedded judge. */
  INFERENCE_URL: optionalText,
  INFERENCE_API_KEY: optionalText,
  INFERENCE_MODEL: optionalText,
  /** Requests open on one server at a time. */
  INFERENCE_MAX_IN_FLIGHT: optionalCount,
  /** Seconds one completion may take. */
  INFERENCE_TIMEOUT_SECONDS: optionalCount,
};

export type InferenceEnvironment = z.infer<z.ZodObject<typeof inferenceEnvironment>>;

/**
 * Null when no server is configured.
 * @throws ConfigError when a URL cannot be used.
 */
export function readInferenceOptions(environment: InferenceEnvironment): InferenceOptions | null {
  if (!environment.INFERENCE_URL) return null;
  const seconds = environment.INFERENCE_TIMEOUT_SECONDS;
  return {
    ...DEFAULT_INFERENCE_OPTIONS,
    servers: parseServers(environment.INFERENCE_URL),
    apiKey: environment.INFERENCE_API_KEY ?? null,
    model: environment.INFERENCE_MODEL ?? null,
    ...(environment.INFERENCE_MAX_IN_FLIGHT ? { maxInFlight: environment.INFERENCE_MAX_IN_FLIGHT } : {}),
    ...(seconds ? { requestTimeoutMs: seconds * 1000 } : {}),
  };
}

/**
 * Base URLs out of a comma-separated list. A URL without a path gets `/v1`, where OpenAI-compatible servers
 * have their API.
 * @example parseServers('http://a:8000, http://b/llm/v1/') // ['http://a:8000/v1', 'http://b/llm/v1']
 * @throws ConfigError when an entry is no http(s) URL, or carries credentials.
 */
export function parseServers(list: string): string[] {
  const urls = list
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(parseServer);
  if (urls.length === 0) throw refuse(list, 'names no server');
  return [...new Set(urls)];
}

function parseServer(text: string): string {
  if (!URL.canParse(text)) throw refuse(text, 'is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse(text, 'is not an http(s) URL');
  // The text is not repeated here: it holds a secret.
  if (url.username || url.password) throw refuse(url.host, 'carries credentials; use INFERENCE_API_KEY');
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${path === '' ? '/v1' : path}`;
}

function refuse(subject: string, problem: string): ConfigError {
  return new ConfigError(
    `INFERENCE_URL: ${subject} ${problem}.`,
    'Set it to the base URL of an OpenAI-compatible server, such as http://gpu:8000/v1; several are separated by commas.',
  );
}

/**
 * For commands that need nothing else of the environment.
 * @throws ConfigError that names the variable that is wrong.
 */
export function inferenceFromEnvironment(env: NodeJS.ProcessEnv): InferenceOptions | null {
  const parsed = z.object(inferenceEnvironment).safeParse(env);
  if (parsed.success) return readInferenceOptions(parsed.data);
  throw new ConfigError(
    `The environment is not valid: ${z.prettifyError(parsed.error)}`,
    'Correct these variables.',
  );
}
