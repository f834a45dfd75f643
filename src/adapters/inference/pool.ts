/** Which server takes the next request: the least loaded one that is available, first come first served. */
import { JudgeError } from '../../errors.ts';
import type { InferenceServer } from './server.ts';

/** Servers that a request would rather not, or cannot, be sent to. */
export interface Shunned {
  /** Have just failed it: taken only when there is no other. */
  readonly failed: ReadonlySet<InferenceServer>;
  /** Do not have its model: never taken. */
  readonly absent: ReadonlySet<InferenceServer>;
}

interface Waiter {
  readonly shunned: Shunned;
  readonly resolve: (server: InferenceServer) => void;
  readonly reject: (reason: unknown) => void;
}

export class ServerPool {
  readonly #servers: readonly InferenceServer[];
  readonly #maxInFlight: number;
  readonly #healthIntervalMs: number;
  #waiters: Waiter[] = [];
  #checks: NodeJS.Timeout | null = null;
  #turn = 0;
  #closed = false;

  constructor(
    servers: readonly InferenceServer[],
    limits: { readonly maxInFlight: number; readonly healthIntervalMs: number },
  ) {
    this.#servers = servers;
    this.#maxInFlight = limits.maxInFlight;
    this.#healthIntervalMs = limits.healthIntervalMs;
  }

  /**
   * Takes a place on a server; `release` gives it back.
   * @throws JudgeError retryable when no server is available or the pool is closed, the signal's reason when it aborts.
   */
  async acquire(shunned: Shunned, signal?: AbortSignal): Promise<InferenceServer> {
    signal?.throwIfAborted();
    if (this.#closed) throw closed();
    await this.#reviveOthers(shunned);
    signal?.throwIfAborted();
    return this.#wait(shunned, signal);
  }

  release(server: InferenceServer): void {
    server.inFlight -= 1;
    this.#serveWaiters();
    this.#watch();
  }

  /** Whether there is a server that may be tried besides those. */
  hasOther({ failed, absent }: Shunned): boolean {
    return this.#servers.some((server) => server.available && !failed.has(server) && !absent.has(server));
  }

  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(closed());
    this.#watch();
  }

  /** Servers that may be back are asked in passing; with none left, their answer is worth waiting for. */
  async #reviveOthers(shunned: Shunned): Promise<void> {
    const able = this.#servers.filter((server) => !shunned.absent.has(server));
    const open = able.filter((server) => !server.available);
    if (open.length === 0) return;
    const revivals = open.map((server) => server.revive());
    if (open.length < able.length) {
      void Promise.all(revivals).then(() => this.#serveWaiters());
      return;
    }
    await Promise.all(revivals);
  }

  #availableTo({ absent }: Shunned): readonly InferenceServer[] {
    return this.#servers.filter((server) => server.available && !absent.has(server));
  }

  #pick(shunned: Shunned): InferenceServer | null {
    const available = this.#availableTo(shunned);
    const preferred = available.filter((server) => !shunned.failed.has(server));
    const free = (preferred.length > 0 ? preferred : available).filter(
      (server) => server.inFlight < this.#maxInFlight,
    );
    const least = Math.min(...free.map((server) => server.inFlight));
    const candidates = free.filter((server) => server.inFlight === least);
    // Equals take turns, or the first in the list would get all the light traffic.
    this.#turn += 1;
    return candidates[this.#turn % Math.max(1, candidates.length)] ?? null;
  }

  #take(server: InferenceServer): InferenceServer {
    server.inFlight += 1;
    this.#watch();
    return server;
  }

  /** Behind those who wait already, unless none of them can take what is free. */
  #wait(shunned: Shunned, signal: AbortSignal | undefined): Promise<InferenceServer> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        shunned,
        resolve: (server) => {
          signal?.removeEventListener('abort', leave);
          resolve(server);
        },
        reject: (reason) => {
          signal?.removeEventListener('abort', leave);
          reject(reason);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiters.push(waiter);
      this.#serveWaiters();
    });
  }

  #serveWaiters(): void {
    const left: Waiter[] = [];
    for (const waiter of this.#waiters.splice(0)) {
      const server = this.#pick(waiter.shunned);
      if (server) waiter.resolve(this.#take(server));
      else if (this.#availableTo(waiter.shunned).length > 0) left.push(waiter);
      else waiter.reject(this.#allDown());
    }
    this.#waiters = left;
  }

  /** Health checks run only while there is work: an idle process makes no traffic and is free to end. */
  #watch(): void {
    const busy = this.#waiters.length > 0 || this.#servers.some((server) => server.inFlight > 0);
    if (busy && this.#checks === null) {
      this.#checks = setInterval(() => void this.#checkAll(), this.#healthIntervalMs).unref();
    } else if (!busy && this.#checks !== null) {
      clearInterval(this.#checks);
      this.#checks = null;
    }
  }

  async #checkAll(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.check()));
    this.#serveWaiters();
  }

  #allDown(): JudgeError {
    const problemOf = (server: InferenceServer) =>
      server.available ? 'it does not serve the model' : server.problem;
    const problems = this.#servers.map((server) => `${server.url}: ${problemOf(server)}`).join('; ');
    return new JudgeError(
      `No inference server is available (${problems}).`,
      'Start the service or check INFERENCE_URL; the work can be repeated once it answers.',
      { retryable: true },
    );
  }
}

function closed(): JudgeError {
  return new JudgeError('The inference client was closed.', 'Send the request again after the restart.', {
    retryable: true,
  });
}
