/** Ends one attempt: when its caller aborts, or when tokens do not come in time. */
import { AttemptError } from './failures.ts';

export interface WatchdogLimits {
  /** Milliseconds until the first text. */
  readonly firstTokenMs: number;
  /** Milliseconds between two chunks after it. */
  readonly idleMs: number;
  /** Milliseconds for all of it. */
  readonly totalMs: number;
}

export class Watchdog {
  readonly #controller = new AbortController();
  readonly #limits: WatchdogLimits;
  readonly #caller: AbortSignal | undefined;
  readonly #total: NodeJS.Timeout;
  #pause: NodeJS.Timeout;
  #failure: AttemptError | null = null;
  #text = false;

  constructor(limits: WatchdogLimits, caller: AbortSignal | undefined) {
    this.#limits = limits;
    this.#caller = caller;
    this.#pause = setTimeout(() => this.#expire('timeout', limits.firstTokenMs), limits.firstTokenMs);
    this.#total = setTimeout(() => this.#expire('unfinished', limits.totalMs), limits.totalMs);
    if (caller?.aborted) this.#forward();
    else caller?.addEventListener('abort', this.#forward, { once: true });
  }

  /** Aborting it closes the connection. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the watchdog ended the attempt; null when it did not, or its caller did. */
  get failure(): AttemptError | null {
    return this.#failure;
  }

  /** Whether text has arrived. */
  get sawText(): boolean {
    return this.#text;
  }

  chunk(): void {
    if (this.#text) this.#pause.refresh();
  }

  text(): void {
    if (this.#text) return;
    this.#text = true;
    clearTimeout(this.#pause);
    const { idleMs } = this.#limits;
    this.#pause = setTimeout(() => this.#expire('timeout', idleMs), idleMs);
  }

  release(): void {
    clearTimeout(this.#pause);
    clearTimeout(this.#total);
    this.#caller?.removeEventListener('abort', this.#forward);
  }

  readonly #forward = () => this.#controller.abort(this.#caller?.reason);

  #expire(kind: 'timeout' | 'unfinished', afterMs: number): void {
    // Time that ran out before any token speaks against the server, whichever of the limits it was.
    const blamed = this.#text ? kind : 'timeout';
    const waited = `${Math.round(afterMs / 100) / 10} s`;
    this.#failure = new AttemptError(blamed, `no ${this.#text ? 'end' : 'token'} within ${waited}`, {
      afterText: this.#text,
    });
    this.#controller.abort(this.#failure);
  }
}
