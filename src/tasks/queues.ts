/**
 * The queues and what their jobs carry. A job is only a wake-up: it names rows, it holds no work.
 */
import * as z from 'zod';
import type { AppContext, Db, Jobs } from '../ports.ts';

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

/** Verbs that are answered at once. A verb in neither list is of a newer version, and left to it. */
export const IMMEDIATE_VERBS = ['status', 'help', 'cancel', 'unknown'] as const;

export const deliveryJob = z.object({ lane: z.string() });
export const commandJob = z.object({ commandId: z.uuid() });
export const tickJob = z.object({ issueId: z.number() });
export const issueJob = z.object({ issueId: z.number() });
export const lookJob = z.object({ issueId: z.number() });
export const outboxJob = z.object({ installationId: z.number() });

/**
 * What a job carries. One that this version cannot read was sent by another: it is left with a word in the log,
 * since the rows it is about are found again by whoever looks around.
 */
export function readJob<T>(ctx: Pick<AppContext, 'logger'>, schema: z.ZodType<T>, data: unknown): T | null {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  ctx.logger.warn({ problem: parsed.error.issues[0]?.message }, 'a job of another version was left');
  return null;
}

/** Wake-ups, sent within the transaction that wrote the rows they are about. */
export function createWakeUps(jobs: Jobs) {
  return {
    delivery: (tx: Db, lane: string) => jobs.send(QUEUES.delivery, { lane }, { tx, singletonKey: lane }),
    command: (tx: Db, commandId: string, startAfterSeconds = 0) =>
      jobs.send(QUEUES.command, { commandId }, { tx, singletonKey: commandId, startAfterSeconds }),
    tick: (tx: Db, issueId: number, startAfterSeconds = 0) =>
      jobs.send(QUEUES.tick, { issueId }, { tx, singletonKey: String(issueId), startAfterSeconds }),
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
