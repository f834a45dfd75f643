import type { Queue } from 'pg-boss';

export interface QueueDefinition {
  readonly name: string;
  /** Jobs carry a `singletonKey` and those of one key never run at the same time; else keys are refused. */
  readonly serial: boolean;
  /** Attempts after the first one. */
  readonly retryLimit: number;
  /** Seconds before the first retry; doubles, with jitter, up to `retryDelayMaxSeconds`. */
  readonly retryDelaySeconds: number;
  readonly retryDelayMaxSeconds: number;
  /** Seconds a handler may take before its signal aborts and the job counts as failed. */
  readonly expireInSeconds: number;
}

/** Holds what failed for good, with its queue and reason, until somebody looks. */
export const DEAD_LETTERS = 'dead-letters';

/**
 * Deaths of a worker count as attempts, too: the pauses stay short enough for its work to go on soon after several of
 * them. What waits for GitHub or the judge is woken at its own time and is no failed attempt.
 */
const patient = { retryLimit: 10, retryDelaySeconds: 2, retryDelayMaxSeconds: 20, expireInSeconds: 900 };

export const QUEUES: readonly QueueDefinition[] = [
  { name: 'delivery', serial: true, ...patient },
  { name: 'command', serial: true, ...patient },
  { name: 'tick', serial: true, ...patient },
  // Judging several orderings takes minutes; a dead worker is noticed by its heartbeat, not by this.
  { name: 'issue', serial: true, ...patient, expireInSeconds: 3600 },
  { name: 'look', serial: true, ...patient },
  { name: 'outbox', serial: true, ...patient },
  { name: 'maintenance', serial: false, ...patient, retryLimit: 2, expireInSeconds: 3600 },
];

/**
 * A worker that is silent for longer has lost its job. On Postgres pg-boss's least. The embedded database has one
 * process, which takes up at its start what the one before it left: there a heartbeat could only declare a slow
 * machine's own work dead.
 */
const HEARTBEAT_SECONDS = { postgres: 10, pglite: 300 } as const;

/** A finished wake-up says nothing that our tables do not say. */
const KEPT_SECONDS = 24 * 3600;

export function bossQueue(
  definition: QueueDefinition,
  kind: keyof typeof HEARTBEAT_SECONDS,
): Omit<Queue, 'name'> {
  return {
    // Not `stately` or `short`, which keep one waiting job a key: they drop a send while one waits, and that
    // one can run and end before the dropped sender's transaction commits. Its wake-up would be lost.
    policy: definition.serial ? 'singleton' : 'standard',
    retryLimit: definition.retryLimit,
    retryDelay: definition.retryDelaySeconds,
    retryDelayMax: definition.retryDelayMaxSeconds,
    retryBackoff: true,
    expireInSeconds: definition.expireInSeconds,
    heartbeatSeconds: HEARTBEAT_SECONDS[kind],
    deadLetter: DEAD_LETTERS,
    deleteAfterSeconds: KEPT_SECONDS,
    notify: true,
  };
}
