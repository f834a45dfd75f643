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

const patient = { retryLimit: 10, retryDelaySeconds: 2, retryDelayMaxSeconds: 300, expireInSeconds: 900 };

export const QUEUES: readonly QueueDefinition[] = [
  { name: 'delivery', serial: true, ...patient },
  { name: 'command', serial: true, ...patient },
  { name: 'tick', serial: true, ...patient },
  // Judging several orderings takes minutes; a dead worker is noticed by its heartbeat, not by this.
  { name: 'issue', serial: true, ...patient, expireInSeconds: 3600 },
  { name: 'look', serial: true, ...patient },
  // GitHub's quota can be gone for an hour.
  { name: 'outbox', serial: true, ...patient, retryDelaySeconds: 5, retryDelayMaxSeconds: 900 },
  { name: 'maintenance', serial: false, ...patient, retryLimit: 2, expireInSeconds: 3600 },
];

/** pg-boss's least. A worker that is silent for longer has lost its job. */
const HEARTBEAT_SECONDS = 10;

/** A finished wake-up says nothing that our tables do not say. */
const KEPT_SECONDS = 24 * 3600;

export function bossQueue(definition: QueueDefinition): Omit<Queue, 'name'> {
  return {
    // Not `stately` or `short`, which keep one waiting job a key: they drop a send while one waits, and that
    // one can run and end before the dropped sender's transaction commits. Its wake-up would be lost.
    policy: definition.serial ? 'singleton' : 'standard',
    retryLimit: definition.retryLimit,
    retryDelay: definition.retryDelaySeconds,
    retryDelayMax: definition.retryDelayMaxSeconds,
    retryBackoff: true,
    expireInSeconds: definition.expireInSeconds,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    deadLetter: DEAD_LETTERS,
    deleteAfterSeconds: KEPT_SECONDS,
    notify: true,
  };
}
