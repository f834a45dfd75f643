import { fromPglite, PgBoss } from 'pg-boss';
import type { EmbeddedClient } from '../db/types.ts';

/** Where pg-boss keeps its tables, and what it runs on. */
export type QueueStorage =
  | { readonly kind: 'pglite'; readonly client: EmbeddedClient }
  | { readonly kind: 'postgres'; readonly connectionString: string };

/** Connections of its own, so that polling workers and our queries cannot starve each other. */
const MAX_CONNECTIONS = 5;
/** A dead worker's job comes back after its heartbeat (10 s, pg-boss's least) and one of these. */
const SUPERVISE_SECONDS = 5;

/** A pg-boss on this storage; nothing happens before `start()`. */
export function createBoss(storage: QueueStorage, options: { maintain: boolean }): PgBoss {
  const common = {
    supervise: options.maintain,
    schedule: options.maintain,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    useListenNotify: options.maintain,
  };
  return storage.kind === 'pglite'
    ? new PgBoss({ ...common, db: fromPglite(storage.client), backend: 'pglite' })
    : new PgBoss({
        ...common,
        connectionString: storage.connectionString,
        application_name: 'swe-manager-jobs',
        max: MAX_CONNECTIONS,
      });
}

/** Creates pg-boss's tables or brings them to this version's. */
export async function installQueueSchema(storage: QueueStorage): Promise<void> {
  const boss = createBoss(storage, { maintain: false });
  const errors: Error[] = [];
  boss.on('error', (error) => errors.push(error));
  await boss.start();
  await boss.stop({ graceful: false });
  const [first] = errors;
  if (first) throw first;
}
