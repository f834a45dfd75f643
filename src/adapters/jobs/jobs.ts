import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm/sql';
import { fromDrizzle, type JobResult, type JobWithMetadata, type PgBoss } from 'pg-boss';
import { SweManagerError } from '../../errors.ts';
import type { FailedJob, Jobs, JobTools, SendOptions } from '../../ports.ts';
import type { OpenDatabase } from '../db/types.ts';
import { createBoss } from './boss.ts';
import { bossQueue, DEAD_LETTERS, QUEUES, type QueueDefinition } from './queues.ts';
import { reasonOf } from './reason.ts';

/** The part of a pino logger that is used here. */
export interface JobsLogger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface JobsOptions {
  readonly logger: JobsLogger;
  readonly queues?: readonly QueueDefinition[];
}

export interface ScheduledJobs extends Jobs {
  /** Sends `data` at every occurrence of a five-field cron expression (UTC); a second call replaces it. */
  schedule(queue: string, cron: string, data: object): Promise<void>;
}

/** How long a worker waits when nothing wakes it: sends and ended jobs do, delays and retries do not. */
const POLL_SECONDS = 1;
/** Without notifications (another process owns the database) polling is all there is. */
const POLL_WITHOUT_NOTIFY_SECONDS = 0.5;
/** How long aborted handlers get to notice. */
const ABORT_GRACE_MS = 1000;
const NO_JOB = '00000000-0000-0000-0000-000000000000';

type Handler = (data: unknown, tools: JobTools) => Promise<void>;

/** The queue on pg-boss. Nothing is connected or polled before `start()`; `send` needs it too. */
export function createJobs(database: OpenDatabase, options: JobsOptions): ScheduledJobs {
  const queues = new Map((options.queues ?? QUEUES).map((queue) => [queue.name, queue]));
  const boss = createBoss(database, { maintain: !database.remote });
  const running = new Set<Promise<unknown>>();
  boss.on('error', (error) => options.logger.error({ err: error }, 'The job queue failed at something'));
  boss.on('warning', (warning) => options.logger.warn({ warning }, 'The job queue warns'));

  const definition = (name: string): QueueDefinition => {
    const queue = queues.get(name);
    if (!queue) throw new Error(`There is no queue named ${name}.`);
    return queue;
  };

  return {
    start: () => startQueues(boss, database, [...queues.values()]),
    send: async (queue, data, sendOptions = {}) => {
      await boss.send(queue, data, bossSendOptions(definition(queue), sendOptions));
    },
    schedule: (queue, cron, data) => boss.schedule(definition(queue).name, cron, data, { tz: 'UTC' }),
    work: async (name, { concurrency }, handler) => {
      const queue = definition(name);
      if (database.remote) throw new Error('Jobs are worked off by the process that owns the database.');
      // One registration each: pg-boss wakes only the first of a registration's `localConcurrency` workers.
      for (let n = 0; n < concurrency; n += 1) {
        await startWorker(boss, queue, (job) => {
          const run = runJob(database, queue, job, handler, options.logger);
          running.add(run);
          void run.finally(() => running.delete(run));
          return run;
        });
      }
    },
    stop: async ({ timeoutMs }) => {
      await boss.stop({ graceful: true, timeout: timeoutMs });
      await Promise.race([Promise.allSettled(running), sleep(ABORT_GRACE_MS, undefined, { ref: false })]);
    },
    liveKeys: (name) => listLiveKeys(database, definition(name)),
    failed: () => listFailed(boss),
  };
}

async function startQueues(boss: PgBoss, database: OpenDatabase, queues: QueueDefinition[]): Promise<void> {
  await forgetActiveKeys(database); // Starting reads the list.
  await boss.start();
  await boss.createQueue(DEAD_LETTERS);
  for (const queue of queues) {
    const { policy, ...changeable } = bossQueue(queue, database.kind);
    await boss.createQueue(queue.name, { policy: policy ?? 'standard', ...changeable });
    await boss.updateQueue(queue.name, changeable);
    // Reading one puts the queue into pg-boss's cache. Otherwise the first send looks it up outside its
    // transaction, for which PGlite's only connection is never free.
    await boss.findJobs(queue.name, { id: NO_JOB });
  }
  if (database.kind === 'pglite' && !database.remote) await orphanActiveJobs(database);
}

/**
 * pg-boss's statistics list the keys that were active when they were taken, and every process leaves those
 * keys out of its fetches until it reads the list again: for up to a minute (`queueCacheIntervalSeconds`), although they
 * have long been free. The database knows better, by the group limit and the policy's unique index. So no
 * statistics are taken, as in pg-boss's own pauses for vacuum; dead jobs are found all the same.
 */
async function forgetActiveKeys({ db }: OpenDatabase): Promise<void> {
  await db.execute(sql`update pgboss.version set monitor_backoff_on = 'infinity'`);
  await db.execute(sql`update pgboss.queue set singletons_active = null where singletons_active is not null`);
}

/**
 * PGlite's files have one owner, and it has only just started: what is still active belonged to a process
 * that died. These jobs are retried at once. Those that have no retry left are left to pg-boss, which sets them
 * aside: their heartbeats are put into the past.
 */
async function orphanActiveJobs({ db }: OpenDatabase): Promise<void> {
  await db.execute(sql`
    update pgboss.job set state = 'retry', start_after = now(), retry_count = retry_count + 1, heartbeat_on = null
    where state = 'active' and retry_count < retry_limit`);
  await db.execute(
    sql`update pgboss.job set heartbeat_on = now() - interval '1 day' where state = 'active' and heartbeat_seconds is not null`,
  );
}

/** A job that waits for longer does not count: what it was sent for may be due earlier. */
async function listLiveKeys({ db }: OpenDatabase, queue: QueueDefinition): Promise<ReadonlySet<string>> {
  const result: unknown = await db.execute(sql`
    select distinct singleton_key as key from pgboss.job
    where name = ${queue.name} and singleton_key is not null
      and (state in ('active', 'retry') or (state = 'created' and start_after <= now() + interval '1 minute'))`);
  return new Set((result as { rows: { key: string }[] }).rows.map((row) => row.key));
}

function bossSendOptions(queue: QueueDefinition, options: SendOptions) {
  const { tx, singletonKey, startAfterSeconds, id } = options;
  if (queue.serial !== (singletonKey !== undefined)) {
    throw new Error(`Queue ${queue.name} ${queue.serial ? 'needs' : 'knows no'} singletonKey.`);
  }
  return {
    // The policy's unique index forbids an overlap; the group keeps a waiting job of a busy key from being
    // fetched, failing on that index, and standing in the way of other keys.
    ...(singletonKey === undefined ? {} : { singletonKey, group: { id: singletonKey } }),
    ...(startAfterSeconds === undefined ? {} : { startAfter: startAfterSeconds }),
    ...(id === undefined ? {} : { id }),
    ...(tx === undefined ? {} : { db: fromDrizzle(tx as Parameters<typeof fromDrizzle>[0], sql) }),
  };
}

async function startWorker(
  boss: PgBoss,
  queue: QueueDefinition,
  run: (job: JobWithMetadata<unknown>) => Promise<JobResult>,
): Promise<void> {
  let workerId: string | undefined;
  workerId = await boss.work(
    queue.name,
    {
      includeMetadata: true,
      perJobResults: true,
      pollingIntervalSeconds: POLL_WITHOUT_NOTIFY_SECONDS,
      notifyPollingIntervalSeconds: POLL_SECONDS,
      groupConcurrency: 1, // Jobs without a group, those of queues that are not serial, are not limited.
    },
    async ([job]: JobWithMetadata<unknown>[]) => {
      if (!job) return [];
      try {
        return [await run(job)];
      } finally {
        // Fetch again at once: the next job, or a wake-up that waited for this one's key, may be there.
        if (workerId !== undefined) boss.notifyWorker(workerId);
      }
    },
  );
}

async function runJob(
  database: OpenDatabase,
  queue: QueueDefinition,
  job: JobWithMetadata<unknown>,
  handler: Handler,
  logger: JobsLogger,
): Promise<JobResult> {
  try {
    if (queue.serial) await absorbWaiting(database, job);
    await handler(job.data, { signal: job.signal, retries: job.retryCount });
    return { id: job.id, status: 'completed' };
  } catch (error) {
    const attempt = job.retryCount + 1;
    logger.warn({ err: error, queue: queue.name, job: job.id, attempt }, 'A job failed');
    const hopeless = error instanceof SweManagerError && !error.retryable;
    return { id: job.id, status: hopeless ? 'deadletter' : 'failed', output: describe(error) };
  }
}

/**
 * Deletes the other due wake-ups of this job's key. Whoever sent one has committed, so the handler, which
 * starts only now, sees what it announced; a later one stays and runs afterwards. A retry absorbs nothing:
 * what came after the first failure keeps attempts of its own.
 */
async function absorbWaiting({ db }: OpenDatabase, job: JobWithMetadata<unknown>): Promise<void> {
  if (job.retryCount > 0 || job.singletonKey === null) return;
  await db.execute(sql`
    delete from pgboss.job
    where name = ${job.name} and singleton_key = ${job.singletonKey} and id <> ${job.id}
      and state = 'created' and start_after <= now()`);
}

function describe(error: unknown): { name: string; message: string; stack?: string } {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  return stack === undefined ? { name, message } : { name, message, stack };
}

async function listFailed(boss: PgBoss): Promise<FailedJob[]> {
  const jobs = (await boss.findJobs(DEAD_LETTERS)) as JobWithMetadata<unknown>[];
  return jobs
    .map((job) => ({
      id: job.sourceId ?? job.id,
      queue: job.sourceName ?? DEAD_LETTERS,
      data: job.data,
      failedAt: job.createdOn,
      reason: reasonOf(job.sourceOutput),
    }))
    .sort((a, b) => b.failedAt.getTime() - a.failedAt.getTime());
}
