/**
 * Deliveries that GitHub reports as failed and that never arrived here are asked for again, by their GUID and at
 * most five times. GitHub's log reaches back three days; the first start of a database acts on nothing older.
 */
import { GitHubError } from '../../errors.ts';
import type { AppContext } from '../../ports.ts';
import { sweepStore } from '../../store/index.ts';
import { scaled } from '../support/scaled.ts';

const KEY = 'deliveries';
const REACH_MS = 3 * 24 * 3_600_000;
/** What was under way when the last walk began is looked at once more; milliseconds. */
const OVERLAP_MS = 10 * 60_000;
const MAX_ATTEMPTS = 5;
/** Of GitHub's 5,000 requests an hour: what an hour's outage left is brought in well before the next. */
const MOST_A_SWEEP = 300;
/** Before a delivery is asked for again; doubles each time. Milliseconds. */
const FIRST_WAIT_MS = 30_000;

export async function sweepDeliveries(ctx: AppContext, signal: AbortSignal): Promise<void> {
  await walkTheLog(ctx, signal);
  await askAgain(ctx, signal);
}

/** From the newest entry back to where the last whole walk began; an interrupted walk goes on at its cursor. */
async function walkTheLog(ctx: AppContext, signal: AbortSignal): Promise<void> {
  const now = ctx.clock.now();
  const mark = await sweepStore.sweepMark(ctx.db, KEY, now);
  const until = Math.max(mark.mark.getTime() - OVERLAP_MS, now.getTime() - REACH_MS);
  const walk = readWalk(mark.cursor) ?? { cursor: null, startedAt: now.toISOString() };
  let { cursor } = walk;
  do {
    if (signal.aborted) return;
    const page = await ctx.github.listDeliveries(cursor);
    const recent = page.attempts.filter((one) => Date.parse(one.deliveredAt) >= until);
    await noteMissing(ctx, recent);
    cursor = recent.length < page.attempts.length ? null : page.nextCursor;
    await sweepStore.saveMark(ctx.db, KEY, {
      cursor: cursor && JSON.stringify({ cursor, startedAt: walk.startedAt }),
    });
  } while (cursor !== null);
  await sweepStore.saveMark(ctx.db, KEY, { mark: new Date(walk.startedAt) });
}

type Attempts = Awaited<ReturnType<AppContext['github']['listDeliveries']>>['attempts'];

async function noteMissing(ctx: AppContext, attempts: Attempts): Promise<void> {
  const succeeded = new Set(attempts.filter((one) => one.ok).map((one) => one.guid));
  const failed = attempts.filter((one) => !succeeded.has(one.guid));
  const missing = await sweepStore.missingFromInbox(ctx.db, [...new Set(failed.map((one) => one.guid))]);
  for (const one of failed) {
    if (!missing.has(one.guid)) continue;
    await sweepStore.noteMissing(ctx.db, {
      guid: one.guid,
      attemptId: one.id,
      event: one.event,
      deliveredAt: new Date(one.deliveredAt),
    });
  }
}

async function askAgain(ctx: AppContext, signal: AbortSignal): Promise<void> {
  const pending = await sweepStore.pendingRedeliveries(ctx.db, MOST_A_SWEEP);
  const missing = await sweepStore.missingFromInbox(
    ctx.db,
    pending.map((one) => one.guid),
  );
  for (const one of pending) {
    if (signal.aborted) return;
    if (!missing.has(one.guid)) await sweepStore.updateRedelivery(ctx.db, one.guid, { state: 'arrived' });
    else if (isDue(ctx, one)) await askOnce(ctx, one);
  }
}

function isDue(ctx: AppContext, { attempts, lastAskedAt }: sweepStore.Redelivery): boolean {
  if (lastAskedAt === null) return true;
  const wait = scaled(ctx, FIRST_WAIT_MS * 2 ** Math.max(0, attempts - 1));
  return ctx.clock.now().getTime() - lastAskedAt.getTime() >= wait;
}

/**
 * Counts only what GitHub took: its outages give up no delivery.
 * @throws GitHubError when GitHub wants to be left alone or cannot be reached: the sweep ends here.
 */
async function askOnce(ctx: AppContext, one: sweepStore.Redelivery): Promise<void> {
  if (one.attempts >= MAX_ATTEMPTS) {
    return giveUp(ctx, one, `GitHub could not bring it in ${MAX_ATTEMPTS} more attempts`);
  }
  // Whatever comes of it, the others are asked for before this one is again.
  await sweepStore.updateRedelivery(ctx.db, one.guid, { lastAskedAt: ctx.clock.now() });
  await ctx.failpoint('sweep.redelivery-wanted');
  try {
    await ctx.github.redeliver(one.attemptId);
  } catch (error) {
    if (!(error instanceof GitHubError) || !isFinal(error)) throw error;
    return giveUp(ctx, one, error.message);
  }
  await ctx.failpoint('sweep.redelivery-asked');
  await sweepStore.updateRedelivery(ctx.db, one.guid, { attempts: one.attempts + 1 });
  ctx.logger.info({ delivery: one.guid, event: one.event }, 'GitHub was asked to deliver again');
}

/** GitHub will not say anything else later; a refused key says nothing about the delivery. */
function isFinal(error: GitHubError): boolean {
  return !error.retryable && error.failure !== 'unauthorized';
}

async function giveUp(ctx: AppContext, one: sweepStore.Redelivery, error: string): Promise<void> {
  ctx.logger.error({ delivery: one.guid, event: one.event, error }, 'a delivery never arrived');
  await sweepStore.updateRedelivery(ctx.db, one.guid, { state: 'failed', error });
}

function readWalk(text: string | null): { cursor: string; startedAt: string } | null {
  return text === null ? null : (JSON.parse(text) as { cursor: string; startedAt: string });
}
