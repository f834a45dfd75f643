/**
 * The queues and what their jobs carry. A job is only a wake-up: it names rows, it holds no work.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Db, Jobs } from '../ports.ts';

export const QUEUES = {
  delivery: 'delivery',
  command: 'command',
  issue: 'issue',
  outbox: 'outbox',
  tick: 'tick',
  look: 'look',
} as const;

/** Verbs that wait their turn in the issue's lane; the others are answered at once. */
export const LANE_VERBS = ['choose', 'accept', 'override', 'reject', 'explain', 'pause', 'resume'] as const;

export const deliveryJob = z.object({ lane: z.string() });
export const commandJob = z.object({ commandId: z.uuid() });
export const issueJob = z.object({ issueId: z.number() });
export const lookJob = z.object({ issueId: z.number() });
export const outboxJob = z.object({ installationId: z.number() });

/** A box that somebody ticked or unticked in a decision comment. */
export const tickJob = z.object({
  issueId: z.number(),
  decisionId: z.uuid(),
  commentId: z.number(),
  changes: z.array(z.object({ box: z.enum(['accept', 'wrong']), ticked: z.boolean() })),
  actor: z.object({ id: z.number().nullable(), login: z.string() }),
  /** ISO 8601. */
  at: z.string(),
});
export type TickJob = z.output<typeof tickJob>;

/** Wake-ups, sent within the transaction that wrote the rows they are about. */
export function createWakeUps(jobs: Jobs) {
  return {
    delivery: (tx: Db, lane: string) => jobs.send(QUEUES.delivery, { lane }, { tx, singletonKey: lane }),
    command: (tx: Db, commandId: string) =>
      jobs.send(QUEUES.command, { commandId }, { tx, id: jobId(`command:${commandId}`) }),
    tick: (tx: Db, issueId: number, tick: Omit<TickJob, 'issueId'>) =>
      jobs.send(QUEUES.tick, { issueId, ...tick }, { tx }),
    issue: (tx: Db, issueId: number, startAfterSeconds = 0) =>
      jobs.send(QUEUES.issue, { issueId }, { tx, singletonKey: String(issueId), startAfterSeconds }),
    /** The issue's evidence, or its quiet time, wants a look. */
    look: (tx: Db, issueId: number, startAfterSeconds = 0) =>
      jobs.send(QUEUES.look, { issueId }, { tx, singletonKey: String(issueId), startAfterSeconds }),
    outbox: (tx: Db, installationId: number, startAfterSeconds = 0) =>
      jobs.send(
        QUEUES.outbox,
        { installationId },
        { tx, singletonKey: String(installationId), startAfterSeconds },
      ),
  };
}

/** A UUID that depends on the name alone, so that sending twice makes one job. */
function jobId(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
