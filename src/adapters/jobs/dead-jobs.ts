/** The queue's own dead letters, for commands that look at a database without running its queue. */
import { sql } from 'drizzle-orm/sql';
import type { FailedJob } from '../../ports.ts';
import type { OpenDatabase } from '../db/types.ts';
import { DEAD_LETTERS } from './queues.ts';
import { reasonOf } from './reason.ts';

interface Row {
  readonly id: string;
  readonly queue: string | null;
  readonly data: unknown;
  readonly failed_at: string | Date;
  readonly output: unknown;
}

/** Wake-ups that failed for good. What they were to wake for stands in our tables, with reasons of its own. */
export async function listDeadJobs({ db }: OpenDatabase): Promise<FailedJob[]> {
  const result: unknown = await db.execute(sql`
    select id, source_name as queue, data, created_on as failed_at, source_output as output
    from pgboss.job where name = ${DEAD_LETTERS} order by created_on desc limit 100`);
  return (result as { rows: Row[] }).rows.map((row) => ({
    id: row.id,
    queue: row.queue ?? DEAD_LETTERS,
    data: row.data,
    failedAt: new Date(row.failed_at),
    reason: reasonOf(row.output),
  }));
}

/** The rows behind it are found by whoever looks around, and woken for again. */
export async function forgetDeadJob({ db }: OpenDatabase, id: string): Promise<void> {
  await db.execute(sql`delete from pgboss.job where name = ${DEAD_LETTERS} and id = ${id}::uuid`);
}
