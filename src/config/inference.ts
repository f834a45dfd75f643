/** The variables of the inference service, for `config.ts`, which alone reads the environment. */
import * as z from 'zod';
import { ConfigError } from '../errors.ts';
import { count, variable } from './variables.ts';

export interface InferenceConfig {
  /** Base URLs, without a slash at the end; usually they end in `/v1`. At least one. */
  readonly servers: readonly string[];
  /** Sent as bearer token; null sends none. */
  readonly apiKey: string | null;
  /** A served model or LoRA adapter; null takes the first that a server lists. */
  readonly model: string | null;
  /** Requests this process keeps open on one server at a time; more wait here. */
  readonly maxInFlight: number;
  /** Longest time for one completion with all its attempts, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Votes a decision is made by, at most; 1 is a single pass. */
  readonly votes: number;
  /** The model's window by its parts, in tokens. No thinking tokens: it is asked for its answer at once. */
  readonly tokens: { readonly prompt: number; readonly thinking: number; readonly answer: number };
}

/** More would cost without changing the outcome. */
const MAX_VOTES = 99;
/** Less holds neither instructions and two proposals, nor an answer. */
const LEAST_PROMPT = 1_024;
const LEAST_ANSWER = 64;
/** A day. */
const LONGEST_SECONDS = 86_400;

const trimmedText = variable(z.string().trim().optional());

/** To be spread into the schema of the whole environment. */
export const inferenceVariables = {
  /** One base URL, or several separated by commas. Unset: the embedded judge. */
  INFERENCE_URL: trimmedText,
  INFERENCE_API_KEY: trimmedText,
  INFERENCE_MODEL: trimmedText,
  /** Requests open on one server at a time. */
  INFERENCE_MAX_IN_FLIGHT: count(1, 32),
  /** Seconds one completion may take. */
  INFERENCE_TIMEOUT_SECONDS: count(1, 600).pipe(z.number().max(LONGEST_SECONDS)),
  INFERENCE_VOTES: count(1, 5).pipe(z.number().max(MAX_VOTES)),
  /** Together they are the model's window; the defaults are those of Qwen3-8B as it was trained, 8,192. */
  INFERENCE_PROMPT_TOKENS: count(LEAST_PROMPT, 4_608),
  INFERENCE_THINKING_TOKENS: count(0, 2_048),
  INFERENCE_ANSWER_TOKENS: count(LEAST_ANSWER, 1_536),
};

export type InferenceVariables = z.infer<z.ZodObject<typeof inferenceVariables>>;

/**
 * Null when no server is named.
 * @throws ConfigError when a URL cannot be used.
 */
export function readInference(variables: InferenceVariables): InferenceConfig | null {
  if (!variables.INFERENCE_URL) return null;
  return {
    servers: parseServers(variables.INFERENCE_URL),
    apiKey: variables.INFERENCE_API_KEY || null,
    model: variables.INFERENCE_MODEL || null,
    maxInFlight: variables.INFERENCE_MAX_IN_FLIGHT,
    requestTimeoutMs: variables.INFERENCE_TIMEOUT_SECONDS * 1000,
    votes: variables.INFERENCE_VOTES,
    tokens: {
      prompt: variables.INFERENCE_PROMPT_TOKENS,
      thinking: variables.INFERENCE_THINKING_TOKENS,
      answer: variables.INFERENCE_ANSWER_TOKENS,
    },
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
