/** Works off one delivery: what it says is written to our tables in one transaction with its mark as processed. */
import { parseDelivery } from '../pipeline/webhook/parse.ts';
import type { AppContext } from '../ports.ts';
import { deliveryStore } from '../store/index.ts';
import { applyEvent } from './delivery/apply-event.ts';
import { deliveryJob } from './queues.ts';

export async function processDelivery(ctx: AppContext, data: unknown): Promise<void> {
  const { deliveryId } = deliveryJob.parse(data);
  await ctx.db.transaction(async (tx) => {
    const delivery = await deliveryStore.lockDelivery(tx, deliveryId);
    if (delivery?.state !== 'received') return;
    const event = parseDelivery({ event: delivery.event, payload: delivery.payload });
    const at = ctx.clock.now();
    if (event.kind === 'ignored') {
      await deliveryStore.finishDelivery(tx, deliveryId, { state: 'ignored', error: event.reason, at });
      return;
    }
    if (!isServed(ctx, event.installationId)) {
      await deliveryStore.finishDelivery(tx, deliveryId, {
        state: 'ignored',
        error: 'the installation is not on the allow-list',
        at,
      });
      return;
    }
    await applyEvent({ ctx, tx }, event);
    await deliveryStore.finishDelivery(tx, deliveryId, { state: 'processed', at });
  });
}

function isServed(ctx: AppContext, installationId: number): boolean {
  const { installationAllowlist } = ctx.config;
  return installationAllowlist === null || installationAllowlist.includes(installationId);
}
