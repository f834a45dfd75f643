/**
 * Works off the deliveries of one lane in the order of their arrival. What a delivery says is written to our
 * tables in one transaction with its mark as processed.
 */
import { messageOf } from '../errors.ts';
import { eraseCommentPayload, eraseWritten } from '../pipeline/dataset/erase.ts';
import type { CommentEvent, WebhookEvent } from '../pipeline/webhook/events.ts';
import { parseDelivery } from '../pipeline/webhook/parse.ts';
import type { AppContext, Db, JobTools } from '../ports.ts';
import { deliveryStore, erasureStore } from '../store/index.ts';
import { applyEvent } from './delivery/apply-event.ts';
import { deliveryJob, readJob } from './queues.ts';

/** A delivery that fails this often, deaths of its worker included, is set aside with its error, so that it does not block those behind it. */
const MAX_ATTEMPTS = 8;

export async function processDeliveries(
  ctx: AppContext,
  data: unknown,
  { signal, retries }: JobTools,
): Promise<void> {
  const job = readJob(ctx, deliveryJob, data);
  if (!job) return;
  const { lane } = job;
  if (retries > 0) await countDeath(ctx, lane);
  for (;;) {
    signal.throwIfAborted();
    let current: deliveryStore.Delivery | null = null;
    try {
      current = await ctx.db.transaction(async (tx) => {
        current = await deliveryStore.lockNextDelivery(tx, lane);
        if (current) await processDelivery(ctx, tx, current);
        return current;
      });
    } catch (error) {
      await setBack(ctx, current, error);
    }
    if (!current) return;
    await ctx.failpoint('delivery.processed');
  }
}

/**
 * A job that comes back failed, or its worker died: what kills its process leaves no error, so the lane's first
 * delivery is counted before it is touched again.
 */
async function countDeath(ctx: AppContext, lane: string): Promise<void> {
  const first = await ctx.db.transaction((tx) => deliveryStore.lockNextDelivery(tx, lane));
  if (!first) return;
  if (first.attempts < MAX_ATTEMPTS) await deliveryStore.noteFailure(ctx.db, first.id, first.error);
  else await giveUp(ctx, first, first.error ?? 'working on it was interrupted too often');
}

async function processDelivery(ctx: AppContext, tx: Db, delivery: deliveryStore.Delivery): Promise<void> {
  await ctx.failpoint('delivery.taken');
  const at = ctx.clock.now();
  const ignore = (reason: string) =>
    deliveryStore.finishDelivery(tx, delivery.id, { state: 'ignored', error: reason, at });
  const event = parseDelivery({ event: delivery.event, payload: delivery.payload });
  if (event.kind === 'ignored') return ignore(event.reason);
  if (!isServed(ctx, event.installationId)) return ignore('the installation is not on the allow-list');
  if (await isOfDeletedIssue(tx, event)) {
    await erasureStore.erasePayload(tx, delivery.id, eraseWritten);
    return ignore('the issue was deleted');
  }
  await applyEvent({ ctx, tx }, event);
  if (event.kind === 'comment') await dropText(ctx, tx, delivery, event);
  await deliveryStore.finishDelivery(tx, delivery.id, { state: 'processed', at });
  await ctx.failpoint('delivery.applied');
}

/** What comes after the deletion, late or once more, must not bring back what was erased with the issue. */
async function isOfDeletedIssue(tx: Db, event: WebhookEvent): Promise<boolean> {
  const isAboutIssue = event.kind === 'comment' || event.kind === 'issue';
  return isAboutIssue && erasureStore.isIssueDeleted(tx, event.issue.id);
}

/**
 * Deliveries about our own comments quote proposals and are told by the outbox's own record; those about a comment
 * that was deleted before they arrived must not bring its text back.
 */
async function dropText(
  ctx: AppContext,
  tx: Db,
  delivery: deliveryStore.Delivery,
  { comment }: CommentEvent,
): Promise<void> {
  const isOwn = comment.appId === ctx.github.appId;
  if (!isOwn && !(await erasureStore.erasedComments(tx, [comment.id])).has(comment.id)) return;
  await erasureStore.erasePayload(tx, delivery.id, eraseCommentPayload);
}

function isServed(ctx: AppContext, installationId: number): boolean {
  const { installationAllowlist } = ctx.config;
  return installationAllowlist === null || installationAllowlist.includes(installationId);
}

/** Throws the error back to the queue, which tries again, until the delivery has had its attempts. */
async function setBack(
  ctx: AppContext,
  delivery: deliveryStore.Delivery | null,
  error: unknown,
): Promise<void> {
  if (!delivery) throw error;
  const message = messageOf(error);
  const attempts = await deliveryStore.noteFailure(ctx.db, delivery.id, message);
  if (attempts < MAX_ATTEMPTS) throw error;
  await giveUp(ctx, delivery, message);
}

async function giveUp(ctx: AppContext, delivery: deliveryStore.Delivery, error: string): Promise<void> {
  ctx.logger.error({ delivery: delivery.id, error }, 'a delivery is given up');
  await deliveryStore.finishDelivery(ctx.db, delivery.id, { state: 'failed', error, at: ctx.clock.now() });
}
