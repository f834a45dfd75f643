/** Asks the judge while watching the clock and the maintainers: a placeholder when it takes long, a stop when asked. */
import { CancelledError } from '../../errors.ts';
import type { JudgeInput, Verdict } from '../../pipeline/judge/types.ts';
import type { AppContext } from '../../ports.ts';
import { type issueStore, runStore } from '../../store/index.ts';
import { wantPlaceholder } from '../support/decision-comment.ts';
import { isShown } from './is-shown.ts';

const CANCEL_POLL_MS = 1_000;

export async function judgeWithPatience(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  run: runStore.Run,
  input: JudgeInput,
  signal: AbortSignal,
): Promise<Verdict> {
  const watch = new AbortController();
  const stop = AbortSignal.any([signal, watch.signal]);
  const done = new AbortController();
  const watchers = Promise.all([
    watchForCancel(ctx, run, watch, done.signal),
    isShown(run) ? placeholderAfterAWhile(ctx, issue, run, done.signal) : undefined,
  ]);
  try {
    return await ctx.judge.judge(input, { signal: stop });
  } finally {
    done.abort();
    await watchers;
  }
}

async function watchForCancel(
  ctx: AppContext,
  run: runStore.Run,
  watch: AbortController,
  done: AbortSignal,
): Promise<void> {
  while (await sleepUnless(ctx, CANCEL_POLL_MS, done)) {
    const by = await despiteOutages(ctx, () => runStore.cancelRequestedBy(ctx.db, run.id));
    if (by === null) continue;
    watch.abort(new CancelledError(`cancelled by ${by}`, 'Ask again with /manager choose.'));
    return;
  }
}

async function placeholderAfterAWhile(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  run: runStore.Run,
  done: AbortSignal,
): Promise<void> {
  if (await sleepUnless(ctx, ctx.config.placeholderAfterMs, done)) {
    await despiteOutages(ctx, () =>
      ctx.db.transaction((tx) => wantPlaceholder(ctx, tx, issue, { ...run, judgeDownSince: null })),
    );
    await ctx.failpoint('run.placeholder-wanted');
  }
}

/**
 * Nobody listens to the watchers before the judge is done: a database that goes away meanwhile must neither end the
 * process nor cost the verdict.
 * @returns null when it did not answer.
 */
async function despiteOutages<T>(ctx: AppContext, ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    ctx.logger.warn({ err: error }, 'a judge at work could not be watched');
    return null;
  }
}

/** @returns false when the judge was done first. */
async function sleepUnless(ctx: AppContext, ms: number, done: AbortSignal): Promise<boolean> {
  try {
    await ctx.clock.sleep(ms, done);
    return !done.aborted;
  } catch {
    return false; // The only reason to reject is `done`.
  }
}
