/** A run that failed: what cannot succeed ends, what may is waited for, and the queue repeats what nobody expected. */
import { CancelledError, GitHubError, JudgeError, messageOf } from '../../errors.ts';
import type { AppContext } from '../../ports.ts';
import { issueStore, runStore } from '../../store/index.ts';
import { MAX_ATTEMPTS, weigh } from '../support/patience.ts';
import type { Step } from '../support/step.ts';
import { endWithoutDecision, type RunEnd } from './end-run.ts';
import { waitForJudge } from './wait-for-judge.ts';

export async function settleFailure(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  run: runStore.Run,
  error: unknown,
  signal: AbortSignal,
): Promise<Step> {
  const end = await endOf(ctx, issue, run, error, signal);
  if (end.kind === 'waits') return end;
  await endWithoutDecision(ctx, issue, run, end.end);
  return { kind: 'settled' };
}

type Failure =
  | { readonly kind: 'ends'; readonly end: RunEnd }
  | { readonly kind: 'waits'; readonly wakeInMs: number | null };

async function endOf(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  run: runStore.Run,
  error: unknown,
  signal: AbortSignal,
): Promise<Failure> {
  const ends = (end: RunEnd): Failure => ({ kind: 'ends', end });
  const reason = messageOf(error);
  if (signal.aborted) {
    await runStore.setBackRun(ctx.db, run.id, 'the worker was stopped');
    throw error;
  }
  if (error instanceof CancelledError) {
    return ends({
      kind: 'cancelled',
      by: (await runStore.cancelRequestedBy(ctx.db, run.id)) ?? 'a manager',
    });
  }
  if (error instanceof JudgeError && error.retryable) {
    await waitForJudge(ctx, issue, run, error);
    return { kind: 'waits', wakeInMs: null };
  }
  const setback = await weigh(ctx, issue, { since: run.createdAt, setbacks: run.setbacks }, error);
  if (setback.kind === 'wait' || setback.kind === 'parked') {
    ctx.logger.warn({ run: run.id, err: error }, 'a run waits');
    await runStore.setBackRun(ctx.db, run.id, reason);
    return { kind: 'waits', wakeInMs: setback.kind === 'wait' ? setback.ms : null };
  }
  if (isGone(error)) {
    await issueStore.markIssueGone(
      ctx.db,
      issue.id,
      error.failure === 'gone' ? 'deleted' : 'not found',
      ctx.clock.now(),
    );
    return ends({ kind: 'gone' });
  }
  if (setback.kind === 'too-late' || error instanceof JudgeError || run.attempts >= MAX_ATTEMPTS) {
    return ends({ kind: 'failed', reason });
  }
  await runStore.noteError(ctx.db, run.id, reason);
  throw error;
}

function isGone(error: unknown): error is GitHubError {
  return error instanceof GitHubError && (error.failure === 'gone' || error.failure === 'not-found');
}
