/** How we talk to GitHub: time-outs on every request, no hidden retries of writes, no spacing of Octokit's own. */
import { Octokit } from 'octokit';

/** Milliseconds a request may take; shorter than any lease it is made under. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** Octokit without its retry and throttling plugins' opinions: the outbox spaces and retries, and knows why. */
export const QuietOctokit = Octokit.defaults({
  userAgent: 'swe-manager',
  retry: { enabled: false },
  throttle: { enabled: false },
  request: {
    fetch: (url: string, init: RequestInit = {}) => {
      const limit = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
      return fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit });
    },
  },
});

export type GitHubOctokit = InstanceType<typeof QuietOctokit>;
