/**
 * The outside world as the stages and tasks see it: interfaces only. Adapters implement them; `context.ts`
 * wires them together once.
 */
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { PassFailpoint } from './failpoints.ts';
import type { Judge } from './pipeline/judge/types.ts';
import type { Training } from './pipeline/training/types.ts';
import type { Db } from './ports/database.ts';
import type { GitHubApp } from './ports/github.ts';
import type { Jobs } from './ports/jobs.ts';
import type { JudgeFactory, LearningParts } from './ports/learning.ts';

export type * from './ports/database.ts';
export type * from './ports/github.ts';
export type * from './ports/github-history.ts';
export type * from './ports/jobs.ts';
export type * from './ports/learning.ts';

export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds, rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What every task gets. */
export interface AppContext {
  readonly config: Config;
  readonly db: Db;
  readonly jobs: Jobs;
  readonly github: GitHubApp;
  /** Whoever has the stable channel. */
  readonly judge: Judge;
  /** Every version that could have it. */
  readonly judges: JudgeFactory;
  readonly training: Training;
  readonly learning: LearningParts;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Does nothing outside the crash test. */
  readonly failpoint: PassFailpoint;
}
