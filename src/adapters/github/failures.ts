/** GitHub's ways to fail, as our own error with what it means for the caller. */
import { RequestError } from '@octokit/request-error';
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
  const failure = failureOf(kind, response);
  const status = response?.status;
  const retryAfterSeconds = failure === 'rate-limited' ? retryAfterOf(response) : undefined;
  const said = response ? `${status} ${firstLine(response.message)}` : firstLine(String(cause));
  return new GitHubError(failure, `GitHub failed to ${what}: ${said}`, REMEDIES[failure], {
    cause,
    ...(status === undefined ? {} : { status }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

interface FailedResponse {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

/** Octokit gives a lost connection or a time-out status 500 without a response. */
function responseOf(cause: unknown): FailedResponse | null {
  if (!(cause instanceof RequestError) || !cause.response) return null;
  return { status: cause.status, message: cause.message, headers: cause.response.headers };
}

function failureOf(kind: RequestKind, response: FailedResponse | null): GitHubFailure {
  const unknownOutcome = kind === 'create' ? 'ambiguous' : 'unavailable';
  if (response === null) return unknownOutcome;
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
      return response.status >= 500 || response.status < 400 ? unknownOutcome : 'invalid';
  }
}

/** GitHub answers 403 to many things; its words and headers tell them apart. */
function refusalOf({ status, message, headers }: FailedResponse): GitHubFailure {
  const text = message.toLowerCase();
  if (text.includes('suspended')) return 'suspended';
  if (text.includes('is locked')) return 'locked';
  const limited =
    status === 429 ||
    headers['retry-after'] !== undefined ||
    String(headers['x-ratelimit-remaining']) === '0' ||
    text.includes('rate limit');
  return limited ? 'rate-limited' : 'forbidden';
}

/** `retry-after`, else the time until `x-ratelimit-reset` when the quota is used up; seconds. */
function retryAfterOf(response: FailedResponse | null): number | undefined {
  if (!response) return undefined;
  const after = Number(response.headers['retry-after']);
  if (Number.isFinite(after) && after > 0) return after;
  if (String(response.headers['x-ratelimit-remaining']) !== '0') return undefined;
  const reset = Number(response.headers['x-ratelimit-reset']);
  return Number.isFinite(reset) ? Math.max(1, Math.ceil(reset - Date.now() / 1000)) : undefined;
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 300);
}
