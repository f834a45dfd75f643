/** GitHub's ways to fail, as our own error with what it means for the caller. */
import { RequestError } from '@octokit/request-error';
import * as z from 'zod';
import { GitHubError, type GitHubFailure } from '../../errors.ts';

/** What was asked: a create that fails without a clear answer may have been carried out. */
export type RequestKind = 'read' | 'create' | 'change';

const REMEDIES: Record<GitHubFailure, string> = {
  'not-found': 'Check the address, and that the App is installed there.',
  gone: 'It was deleted on GitHub; nothing is left to do.',
  forbidden: "Check the App's permissions on this installation.",
  locked: 'The work goes on once the conversation is unlocked.',
  suspended: 'The work goes on once the installation is no longer suspended.',
  'rate-limited': 'The work goes on when GitHub allows it again.',
  invalid: 'GitHub refused what was sent; this is a defect, please report it.',
  unauthorized: "Check the App's id and private key.",
  unavailable: 'GitHub cannot be reached or fails; the work is tried again.',
  ambiguous:
    'Nobody knows whether it was carried out; the comments are looked through before it is tried again.',
};

/** Runs a request and turns whatever it throws into a GitHubError; an abort by the caller passes through. */
export async function asking<T>(
  kind: RequestKind,
  what: string,
  request: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  try {
    return await request();
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw toGitHubError(kind, what, cause);
  }
}

export function toGitHubError(kind: RequestKind, what: string, cause: unknown): GitHubError {
  if (cause instanceof GitHubError) return cause;
  const response = responseOf(cause);
  const failure = response === null ? silenceOf(kind, cause) : failureOf(sentKind(kind, cause), response);
  const retryAfterSeconds = failure === 'rate-limited' && response ? retryAfterOf(response) : undefined;
  const said = response ? `${response.status} ${firstLine(response.message)}` : firstLine(String(cause));
  return new GitHubError(failure, `GitHub failed to ${what}: ${said}`, REMEDIES[failure], {
    cause,
    ...(response ? { status: response.status } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** True when it was the installation's token that GitHub refused: the request itself was never sent. */
export function isTokenRefusal(cause: unknown): boolean {
  return cause instanceof RequestError && cause.request.url.endsWith('/access_tokens');
}

/** True when GitHub says that the App was not given the permission: other refusals may pass. */
export function isMissingPermission(cause: unknown): boolean {
  return cause instanceof RequestError && /not accessible by integration/i.test(cause.message);
}

interface FailedResponse {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

/** Octokit gives a lost connection or a time-out status 500 without a response. */
function responseOf(cause: unknown): FailedResponse | null {
  if (cause instanceof RequestError) {
    return cause.response
      ? { status: cause.status, message: cause.message, headers: cause.response.headers }
      : null;
  }
  const refused = graphqlRefusal.safeParse(cause);
  if (!refused.success) return null;
  const { errors, headers } = refused.data;
  const [first] = errors;
  return { status: GRAPHQL_STATUS[first?.type ?? ''] ?? 502, message: first?.message ?? '', headers };
}

/** GraphQL refuses with status 200 and a list of errors, whose types are those that REST has statuses for. */
const graphqlRefusal = z.looseObject({
  name: z.literal('GraphqlResponseError'),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.undefined()])),
  errors: z.array(z.looseObject({ type: z.string().optional(), message: z.string() })),
});
const GRAPHQL_STATUS: Readonly<Record<string, number>> = {
  RATE_LIMITED: 429,
  RATE_LIMIT: 429,
  NOT_FOUND: 404,
  FORBIDDEN: 403,
  INSUFFICIENT_SCOPES: 403,
};

/** Without an answer nobody knows whether a create was carried out, unless it cannot have left. */
function silenceOf(kind: RequestKind, cause: unknown): GitHubFailure {
  return sentKind(kind, cause) === 'create' ? 'ambiguous' : 'unavailable';
}

function sentKind(kind: RequestKind, cause: unknown): RequestKind {
  return isTokenRefusal(cause) || neverConnected(cause) ? 'read' : kind;
}

const NEVER_CONNECTED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function neverConnected(cause: unknown): boolean {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if ('code' in error && NEVER_CONNECTED.has(error.code)) return true;
  }
  return false;
}

function failureOf(kind: RequestKind, response: FailedResponse): GitHubFailure {
  switch (response.status) {
    case 401:
      return 'unauthorized';
    case 403:
    case 429:
      return refusalOf(response);
    case 404:
      return 'not-found';
    case 410:
      return 'gone';
    case 422:
      return 'invalid';
    default:
      if (response.status >= 400 && response.status < 500 && response.status !== 408) return 'invalid';
      return kind === 'create' ? 'ambiguous' : 'unavailable';
  }
}

/** GitHub answers 403 to many things; its words and headers tell them apart. */
function refusalOf({ status, message, headers }: FailedResponse): GitHubFailure {
  const text = message.toLowerCase();
  if (text.includes('suspended')) return 'suspended';
  if (/\blocked\b/.test(text) && !text.includes('rate limit')) return 'locked';
  const limited =
    status === 429 ||
    headers['retry-after'] !== undefined ||
    String(headers['x-ratelimit-remaining']) === '0' ||
    text.includes('rate limit');
  return limited ? 'rate-limited' : 'forbidden';
}

/** What GitHub asks for when it names no time: https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api */
const UNNAMED_WAIT_SECONDS = 60;

/** `retry-after`, else the time until `x-ratelimit-reset` when the quota is used up, else a minute; seconds. */
function retryAfterOf({ headers }: FailedResponse): number {
  const after = Number(headers['retry-after']);
  if (Number.isFinite(after) && after > 0) return Math.ceil(after);
  const reset = Number(headers['x-ratelimit-reset']);
  if (String(headers['x-ratelimit-remaining']) !== '0' || !Number.isFinite(reset))
    return UNNAMED_WAIT_SECONDS;
  return Math.max(1, Math.ceil(reset - Date.now() / 1000));
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 300);
}
