import type { Viewer } from './auth.ts';
import { Refusal } from './reply.ts';

export interface LimitOptions {
  /** Content-creating requests an installation may send in a minute; unlimited when absent (GitHub: 80). */
  readonly contentPerMinute?: number;
  /** The same for an hour (GitHub: 500). */
  readonly contentPerHour?: number;
  /** Shortest time from one write of an installation to the next, in ms; 0 when absent (GitHub advises 1,000). */
  readonly minWriteIntervalMs?: number;
  /** Requests an installation may send in an hour, 5,000 when absent. */
  readonly requestsPerHour?: number;
  /**
   * Multiplies every length of time that the limits are made of, 1 when absent. What is told to the client
   * (`retry-after`, `x-ratelimit-reset`) stays in GitHub's own measure: with 0.01, `retry-after: 60` means 0.6 s.
   */
  readonly limitsScale?: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const REQUESTS_PER_HOUR = 5_000;
const SECONDARY_DOCS =
  'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits';

interface Usage {
  windowStartedAt: number;
  used: number;
  lastWriteAt: number;
  /** Times of content-creating requests in the last hour. */
  content: number[];
}

export type Resource = 'core' | 'graphql';

export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds since the epoch. */
  readonly reset: number;
  readonly used: number;
}

/** GitHub's primary and secondary limits, counted for each installation and for the App itself. */
export class Limits {
  readonly #options: LimitOptions;
  readonly #now: () => number;
  readonly #usages = new Map<string, Usage>();

  constructor(options: LimitOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /** Counts one request. @throws Refusal 403 when the hour's requests are used up. */
  spend(viewer: Viewer, resource: Resource): void {
    const usage = this.#usage(viewer, resource);
    if (usage.used >= this.#limit()) throw new Refusal(403, `API rate limit exceeded for ${nameOf(viewer)}.`);
    usage.used += 1;
  }

  /** Takes back what `spend` counted: GitHub does not count an answer of 304. */
  refund(viewer: Viewer, resource: Resource): void {
    this.#usage(viewer, resource).used -= 1;
  }

  /** Counts one write. @throws Refusal 403 with `retry-after` when it breaks a secondary limit. */
  spendWrite(viewer: Viewer, createsContent: boolean): void {
    const usage = this.#usage(viewer, 'core');
    const now = this.#now();
    const wait = (this.#options.minWriteIntervalMs ?? 0) * this.#scale;
    if (now - usage.lastWriteAt < wait) throw this.#secondary(usage.lastWriteAt + wait - now);
    if (createsContent) this.#spendContent(usage, now);
    usage.lastWriteAt = now;
  }

  read(viewer: Viewer, resource: Resource): RateLimit {
    const { used, windowStartedAt } = this.#usage(viewer, resource);
    const limit = this.#limit();
    const leftMs = (windowStartedAt + HOUR_MS * this.#scale - this.#now()) / this.#scale;
    const reset = Math.ceil((this.#now() + leftMs) / 1000);
    return { limit, used, remaining: limit - used, reset };
  }

  #spendContent(usage: Usage, now: number): void {
    const [minute, hour] = [MINUTE_MS * this.#scale, HOUR_MS * this.#scale];
    usage.content = usage.content.filter((at) => now - at < hour);
    this.#checkWindow(usage.content, now, minute, this.#options.contentPerMinute);
    this.#checkWindow(usage.content, now, hour, this.#options.contentPerHour);
    usage.content.push(now);
  }

  #checkWindow(times: readonly number[], now: number, windowMs: number, most: number | undefined): void {
    if (most === undefined) return;
    const inside = times.filter((at) => now - at < windowMs);
    if (inside.length < most) return;
    const freeAt = (inside[inside.length - most] ?? now) + windowMs;
    throw this.#secondary(freeAt - now);
  }

  get #scale(): number {
    return this.#options.limitsScale ?? 1;
  }

  #secondary(waitMs: number): Refusal {
    return secondary(waitMs / this.#scale);
  }

  #limit(): number {
    return this.#options.requestsPerHour ?? REQUESTS_PER_HOUR;
  }

  #usage(viewer: Viewer, resource: Resource): Usage {
    const key = `${nameOf(viewer)} ${resource}`;
    const now = this.#now();
    const known = this.#usages.get(key) ?? {
      windowStartedAt: now,
      used: 0,
      lastWriteAt: Number.NEGATIVE_INFINITY,
      content: [],
    };
    if (now - known.windowStartedAt >= HOUR_MS * this.#scale)
      Object.assign(known, { windowStartedAt: now, used: 0 });
    this.#usages.set(key, known);
    return known;
  }
}

function nameOf(viewer: Viewer): string {
  return viewer.kind === 'app' ? 'the App' : `installation ID ${viewer.installation.id}`;
}

function secondary(waitMs: number): Refusal {
  const message =
    'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. ' +
    'Please retry your request again later.';
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new Refusal(403, message, { documentation_url: SECONDARY_DOCS }, { 'retry-after': String(seconds) });
}
