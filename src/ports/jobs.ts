import type { Db } from './database.ts';

export interface SendOptions {
  /** Send within this transaction: the job exists exactly when the transaction commits. */
  readonly tx?: Db;
  /** Jobs with the same key never run at the same time; waiting ones coalesce. */
  readonly singletonKey?: string;
  readonly startAfterSeconds?: number;
  /** A deterministic UUID makes sending idempotent. */
  readonly id?: string;
}

export interface JobTools {
  /** Aborted when the worker stops or the job's lease is lost. */
  readonly signal: AbortSignal;
  /** How often this job failed, or its worker died, before; 0 the first time. */
  readonly retries: number;
}

export interface WorkOptions {
  /** Jobs of the queue this process runs at once. */
  readonly concurrency: number;
}

export interface FailedJob {
  readonly id: string;
  readonly queue: string;
  readonly data: unknown;
  readonly failedAt: Date;
  readonly reason: string;
}

/** The queue. A job is only a wake-up: what is to be done stands in our own tables. */
export interface Jobs {
  send(queue: string, data: object, options?: SendOptions): Promise<void>;
  work(
    queue: string,
    options: WorkOptions,
    handler: (data: unknown, tools: JobTools) => Promise<void>,
  ): Promise<void>;
  /** Keys of a serial queue whose work is under way, or will begin by itself within a minute. */
  liveKeys(queue: string): Promise<ReadonlySet<string>>;
  start(): Promise<void>;
  /** Stops fetching, waits for running handlers up to `timeoutMs`, then aborts them. */
  stop(options: { timeoutMs: number }): Promise<void>;
  failed(): Promise<readonly FailedJob[]>;
}
