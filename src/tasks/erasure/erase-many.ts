/** Whole repositories and installations, and what nobody touched for long: issue by issue, each in a transaction. */
import type { Db } from '../../ports.ts';
import { erasureStore } from '../../store/index.ts';
import { eraseIssue } from './erase-issue.ts';

export type ManyIssues = { readonly repositoryId: number } | { readonly installationId: number };

/** Issues or deliveries that are read at once. */
const BATCH = 100;

export interface EraseManyOptions {
  readonly reason: erasureStore.ErasureReason;
  readonly at: Date;
  readonly signal?: AbortSignal;
  readonly onIssue?: (done: number) => void;
}

/** Can be stopped and run again: it goes on with what is left. @returns how many issues it erased. */
export async function eraseMany(db: Db, of: ManyIssues, options: EraseManyOptions): Promise<number> {
  const done = await eraseIssues(db, of, options);
  await db.transaction(async (tx) => {
    const deliveries = await erasureStore.eraseDeliveriesOf(tx, of);
    if (done + deliveries === 0) return;
    const [scope, id] =
      'repositoryId' in of
        ? (['repository', of.repositoryId] as const)
        : (['installation', of.installationId] as const);
    await erasureStore.recordErasure(tx, {
      scope,
      subject: String(id),
      reason: options.reason,
      erasedAt: options.at,
      counts: { issues: done, deliveries },
    });
  });
  return done;
}

/** Issues without any event, and deliveries of any kind, since `quietSince`. */
export async function eraseOld(
  db: Db,
  quietSince: Date,
  options: EraseManyOptions,
): Promise<{ issues: number; deliveries: number }> {
  const issues = await eraseIssues(db, { quietSince }, options);
  let deliveries = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    const batch = await erasureStore.eraseDeliveriesBefore(db, quietSince, BATCH);
    deliveries += batch;
    if (batch < BATCH) return { issues, deliveries };
  }
}

async function eraseIssues(
  db: Db,
  of: Parameters<typeof erasureStore.issuesToErase>[1],
  { reason, at, signal, onIssue }: EraseManyOptions,
): Promise<number> {
  let done = 0;
  // Issues of saved threads have ids below zero.
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const ids = await erasureStore.issuesToErase(db, of, { after, size: BATCH });
    if (ids.length === 0) return done;
    for (const id of ids) {
      after = id;
      signal?.throwIfAborted();
      await db.transaction((tx) => eraseIssue(tx, id, { reason, at, rerender: null }));
      done += 1;
      onIssue?.(done);
    }
  }
}
