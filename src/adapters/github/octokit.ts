/** How we talk to GitHub: time-outs on every request, no hidden retries of writes, no spacing of Octokit's own. */
import { Octokit } from 'octokit';
import type { Logger } from 'pino';

/** Milliseconds a request may take, answer included; shorter than any lease it is made under. */
export const REQUEST_TIMEOUT_MS = 10_000;

export interface ConnectionOptions {
  /** REST base URL, `https://api.github.com` or that of an Enterprise server. */
  readonly baseUrl: string;
  /** Takes Octokit's warnings; without one they are dropped. */
  readonly logger?: Logger | undefined;
  /** Milliseconds; 10,000 when absent. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Octokit without its retry and throttling plugins' opinions (it would repeat a comment that GitHub created and
 * answered with 500, and space comments by 3 s per process): the outbox spaces and retries, and knows why.
 */
const QuietOctokit = Octokit.plugin((octokit) => {
  octokit.hook.after('request', (response) => assertReadable(response));
}).defaults({ userAgent: 'swe-manager', retry: { enabled: false }, throttle: { enabled: false } });

export type GitHubOctokit = InstanceType<typeof QuietOctokit>;

export function createOctokit(options: ConnectionOptions, auth: object = {}): GitHubOctokit {
  const log = logOf(options.logger);
  return new QuietOctokit({
    baseUrl: options.baseUrl,
    log,
    request: { fetch: fetchWithin(options.timeoutMs ?? REQUEST_TIMEOUT_MS), log },
    ...auth,
  });
}

/** The limit covers the answer's body too. The caller's own signal still ends the request. */
function fetchWithin(timeoutMs: number): typeof fetch {
  return (url, init = {}) => {
    const limit = AbortSignal.timeout(timeoutMs);
    return fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit });
  };
}

/**
 * Octokit hands out the text of an answer that breaks off as if it were the data. All our endpoints answer
 * with an object or a list, or with 204 and nothing.
 */
function assertReadable(response: { readonly status: number; readonly data: unknown }): void {
  if (response.status === 204 || (typeof response.data === 'object' && response.data !== null)) return;
  throw new Error('the answer breaks off or is not JSON');
}

function logOf(logger: Logger | undefined) {
  return {
    debug: () => {},
    info: () => {},
    warn: (message: string) => logger?.warn({ from: 'octokit' }, message),
    error: (message: string) => logger?.error({ from: 'octokit' }, message),
  };
}
