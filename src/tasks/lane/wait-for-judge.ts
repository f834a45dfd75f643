/**
 * The inference service does not answer: the run waits for it, says so when that takes longer than a judge may,
 * and is woken again and again. Nobody else decides in its place.
 */
import type { JudgeError } from '../../errors.ts';
import type { AppContext } from '../../ports.ts';
import { type issueStore, runStore } from '../../store/index.ts';
import { createWakeUps } from '../queues.ts';
import { wantPlaceholder } from '../support/decision-comment.ts';
import { isShown } from './is-shown.ts';

const LEAST_PAUSE_MS = 2_000;
const MOST_PAUSE_MS = 60_000;

/** The lane is to be left: a wake-up is under way. */
export async function waitForJudge(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  run: runStore.Run,
  error: JudgeError,
): Promise<void> {
  const now = ctx.clock.now();
  ctx.logger.warn({ err: error, runId: run.id }, 'the judge does not answer; the run waits');
  await ctx.db.transaction(async (tx) => {
    const since = await runStore.waitForJudge(tx, run.id, error.message, now);
    const waitedMs = now.getTime() - since.getTime();
    if (isShown(run) && waitedMs >= ctx.config.placeholderAfterMs) {
      await wantPlaceholder(ctx, tx, issue, { ...run, judgeDownSince: since });
    }
    await createWakeUps(ctx.jobs).issue(tx, issue.id, pauseMs(waitedMs) / 1000);
  });
}

/** Half of what was waited so far: soon after a short hiccup, without hammering a service that is down for long. */
function pauseMs(waitedMs: number): number {
  return Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, waitedMs / 2));
}
