/** The inbox: a delivery is committed, together with its wake-up, before GitHub gets an answer. */
import { wellFormed } from '../markdown/invisible.ts';
import type { AppContext } from '../ports.ts';
import { deliveryStore } from '../store/index.ts';
import { createWakeUps } from './queues.ts';

export interface IncomingDelivery {
  /** `X-GitHub-Delivery`: the same for every redelivery. */
  readonly id: string;
  /** `X-GitHub-Event`. */
  readonly event: string;
  readonly payload: unknown;
}

/** Resolves once the delivery is safe; a known id changes nothing. */
export async function receiveDelivery(
  ctx: Pick<AppContext, 'db' | 'jobs' | 'clock' | 'failpoint'>,
  incoming: IncomingDelivery,
): Promise<void> {
  const payload = storable(incoming.payload);
  const lane = laneOf(payload) ?? `delivery:${incoming.id}`;
  await ctx.failpoint('delivery.received');
  await ctx.db.transaction(async (tx) => {
    const isNew = await deliveryStore.insertDelivery(tx, {
      id: incoming.id,
      event: incoming.event,
      action: textAt(payload, 'action'),
      installationId: idAt(payload, 'installation'),
      repositoryId: idAt(payload, 'repository'),
      lane,
      payload,
      receivedAt: ctx.clock.now(),
    });
    if (isNew) await createWakeUps(ctx.jobs).delivery(tx, lane);
  });
  await ctx.failpoint('delivery.committed');
}

/** Postgres takes neither NUL nor lone surrogates in JSON; both can be escaped in a payload. */
function storable(payload: unknown): unknown {
  return JSON.parse(JSON.stringify(payload ?? null), (_key, value) =>
    typeof value === 'string' ? wellFormed(value) : value,
  );
}

function textAt(payload: unknown, key: string): string | null {
  const value = (payload as Record<string, unknown> | null)?.[key];
  return typeof value === 'string' ? value : null;
}

function idAt(payload: unknown, key: string): number | null {
  const value = (payload as Record<string, { id?: unknown } | undefined> | null)?.[key]?.id;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

/** The narrowest thing the delivery is about; its deliveries are worked off in order. */
function laneOf(payload: unknown): string | null {
  for (const thing of ['issue', 'repository', 'installation']) {
    const id = idAt(payload, thing);
    if (id !== null) return `${thing}:${id}`;
  }
  return null;
}
