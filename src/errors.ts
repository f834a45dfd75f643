/**
 * The tree of named errors. Each has a literal name, data, its cause, and a remedy: one sentence that says
 * what the reader can do. `retryable` tells a task whether trying again later can help.
 */
export abstract class SweManagerError extends Error {
  abstract override readonly name: string;
  abstract readonly retryable: boolean;
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: { cause?: unknown }) {
    super(message, options);
    this.remedy = remedy;
  }
}

/** What went wrong and what can be done, for people: sentences on one line. */
export function adviceOf({ message, remedy }: SweManagerError): string {
  return `${message}${/[.!?]$/.test(message) ? '' : '.'} ${remedy}`;
}

/** What was thrown may be anything. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The environment or a command-line argument is wrong. */
export class ConfigError extends SweManagerError {
  override readonly name = 'ConfigError';
  override readonly retryable = false;
}

/** A file, thread or argument given by the user cannot be read. */
export class InputError extends SweManagerError {
  override readonly name = 'InputError';
  override readonly retryable = false;
}

/** The database cannot be opened, migrated or reached. */
export class DatabaseError extends SweManagerError {
  override readonly name = 'DatabaseError';
  override readonly retryable = true;
}

/** Another process owns the embedded database's directory. */
export class DataDirectoryLockedError extends SweManagerError {
  override readonly name = 'DataDirectoryLockedError';
  override readonly retryable = false;
}

export type GitHubFailure =
  | 'not-found'
  | 'gone'
  | 'forbidden'
  | 'locked'
  | 'suspended'
  | 'rate-limited'
  | 'invalid'
  | 'unauthorized'
  | 'unavailable'
  | 'ambiguous';

const RETRYABLE_GITHUB_FAILURES: ReadonlySet<GitHubFailure> = new Set([
  'rate-limited',
  'unavailable',
  'ambiguous',
]);

/**
 * GitHub refused or failed. `ambiguous` means that a write may or may not have been applied:
 * the caller must look before it tries again.
 */
export class GitHubError extends SweManagerError {
  override readonly name = 'GitHubError';
  readonly failure: GitHubFailure;
  readonly status: number | null;
  /** Seconds to wait before the next request, as GitHub asked; null when it did not. */
  readonly retryAfterSeconds: number | null;

  constructor(
    failure: GitHubFailure,
    message: string,
    remedy: string,
    options: { cause?: unknown; status?: number; retryAfterSeconds?: number } = {},
  ) {
    super(message, remedy, options);
    this.failure = failure;
    this.status = options.status ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }

  override get retryable(): boolean {
    return RETRYABLE_GITHUB_FAILURES.has(this.failure);
  }
}

/** The judge cannot answer: the service is down, or its answers stay invalid. */
export class JudgeError extends SweManagerError {
  override readonly name = 'JudgeError';
  readonly retryable: boolean;
  /** True when it did answer, and nothing of that could be used: the model's fault, not the service's. */
  readonly garbled: boolean;
  /** True when no server has the model: it never had, or was started anew and has forgotten what was loaded. */
  readonly absent: boolean;
  /** True when the service lives and has too much to do: no fault of the request. */
  readonly overloaded: boolean;

  constructor(
    message: string,
    remedy: string,
    options: {
      cause?: unknown;
      retryable: boolean;
      garbled?: boolean;
      absent?: boolean;
      overloaded?: boolean;
    },
  ) {
    super(message, remedy, options);
    this.retryable = options.retryable;
    this.garbled = options.garbled ?? false;
    this.absent = options.absent ?? false;
    this.overloaded = options.overloaded ?? false;
  }
}

/** Answers that cannot be used count against a model. Everything else, an outage above all, says nothing about it. */
export function isGarbled(error: unknown): error is JudgeError {
  return error instanceof JudgeError && error.garbled;
}

/** A run was cancelled by a maintainer. */
export class CancelledError extends SweManagerError {
  override readonly name = 'CancelledError';
  override readonly retryable = false;
}

/** A training run cannot be planned, submitted or asked about. */
export class TrainingError extends SweManagerError {
  override readonly name = 'TrainingError';
  readonly retryable: boolean;

  constructor(message: string, remedy: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, remedy, options);
    this.retryable = options.retryable ?? false;
  }
}
