/**
 * One run: read the thread, freeze it, ask the judge, record the decision and want its comment. Everything
 * that tells the world about it is written in one transaction with the decision.
 */
import { CancelledError, GitHubError, JudgeError } from '../../errors.ts';
import { checkVerdict } from '../../pipeline/decision/check-verdict.ts';
import { nextLookAt } from '../../pipeline/feedback/look-times.ts';
import type { AppContext, Db } from '../../ports.ts';
import {
  commandStore,
  decisionStore,
  effectStore,
  issueStore,
  proposalStore,
  runStore,
} from '../../store/index.ts';
import { wantDecisionComment, wantRunNotice } from '../support/decision-comment.ts';
import { finishCommands, type Outcome } from '../support/finish.ts';
import { newerThan } from '../support/newer-proposals.ts';
import { wantDryRunEnd } from '../support/notices.ts';
import { MAX_ATTEMPTS, weigh } from '../support/patience.ts';
import { resolveLabelsOfIssue } from '../support/resolve-label.ts';
import type { Step } from '../support/step.ts';
import { commentKey } from '../support/want.ts';
import { answerDryRun } from './answer-dry-run.ts';
import { isShown } from './is-shown.ts';
import { judgeWithPatience } from './judge-with-patience.ts';
import { type TakenSnapshot, takeSnapshot } from './take-snapshot.ts';
import { waitForJudge } from './wait-for-judge.ts';

const DAY_MS = 86_400_000;

/** Another worker has begun the run since: what this one made of it does not count. */
class RunLostError extends Error {
  override readonly name = 'RunLostError';
}

export async function workRun(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  found: runStore.Run,
  signal: AbortSignal,
): Promise<Step> {
  let run = found;
  try {
    const obstacle = await obstacleOf(ctx, issue, run);
    if (obstacle) {
      await endWithoutDecision(ctx, issue, run, obstacle);
      return { kind: 'settled' };
    }
    run = await runStore.startRun(ctx.db, run, ctx.clock.now());
    await ctx.failpoint('run.started');
    await decide(ctx, issue, run, signal);
    return { kind: 'settled' };
  } catch (error) {
    if (error instanceof RunLostError) {
      ctx.logger.warn({ run: run.id }, 'another worker took the run over');
      return { kind: 'waits', wakeInMs: null };
    }
    return settleFailure(ctx, issue, run, error, signal);
  }
}

async function decide(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  run: runStore.Run,
  signal: AbortSignal,
): Promise<void> {
  const snapshot = await takeSnapshot(ctx, issue, run, signal);
  await ctx.failpoint('run.snapshot-taken');
  if (run.trigger === 'auto' && !(await isWelcome(ctx, run))) {
    return endWithoutDecision(ctx, issue, run, { kind: 'unwelcome' });
  }
  if (snapshot.input.candidates.length === 0) {
    return endWithoutDecision(ctx, issue, run, { kind: 'no-proposals' });
  }
  const verdict = await judgeWithPatience(ctx, issue, run, snapshot.input, signal);
  await ctx.failpoint('run.judged');
  checkVerdict(verdict, snapshot.input);
  if (await recordDecision(ctx, issue, run, snapshot, verdict)) return;
  // A proposal was deleted while it was judged: what was said about it is dropped, and the others are judged anew.
  return decide(ctx, issue, run, signal);
}

/**
 * Nobody asked for an automatic run, and by now the issue may be closed or paused: GitHub was just read. What was begun
 * before people's eyes is ended there.
 */
async function isWelcome(ctx: AppContext, { id, issueId }: runStore.Run): Promise<boolean> {
  const issue = await issueStore.getIssue(ctx.db, issueId);
  return (issue?.state === 'open' && issue.pausedAt === null) || (await hasComment(ctx.db, id));
}

/** Whether the run has a comment, which then promises a decision. */
async function hasComment(db: Db, runId: string): Promise<boolean> {
  return (await effectStore.findEffect(db, commentKey('decision', runId))) !== null;
}

/** @returns false when the snapshot was erased meanwhile; then nothing is recorded. */
async function recordDecision(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  run: runStore.Run,
  { id: snapshotId, input }: TakenSnapshot,
  verdict: Awaited<ReturnType<typeof judgeWithPatience>>,
): Promise<boolean> {
  const recorded = await ctx.db.transaction(async (tx) => {
    await issueStore.lockIssue(tx, issue.id);
    await hold(tx, run);
    if ((await proposalStore.getSnapshot(tx, snapshotId))?.erasedAt) return false;
    const cancelledBy = await runStore.cancelRequestedBy(tx, run.id);
    if (cancelledBy !== null)
      throw new CancelledError(`cancelled by ${cancelledBy}`, 'Ask again with /manager choose.');
    const at = ctx.clock.now();
    const decisionId = await decisionStore.insertDecision(tx, {
      runId: run.id,
      issueId: issue.id,
      snapshotId,
      verdict,
      silent: run.trigger === 'observe',
      at,
    });
    const newerProposals = await newerThan(tx, issue.id, input);
    // A posted one is looked at from when it can be seen (outbox/after-applied.ts).
    const lookDueAt = isShown(run) ? null : nextLookAt(0, at);
    await decisionStore.updateDecision(tx, decisionId, { newerProposals, lookDueAt });
    const commands = await commandStore.commandsOfRun(tx, run.id);
    if (isShown(run)) await wantDecisionComment(ctx, tx, decisionId);
    const asker = commands.at(-1);
    if (run.dryRun && asker) await answerDryRun(ctx, tx, issue, asker, { decisionId, verdict, input });
    await resolveLabelsOfIssue(tx, issue.id, at);
    await finishCommands(ctx, tx, issue, commands, outcomeOf(run, verdict));
    await runStore.finishRun(tx, run.id, { state: 'finished', at });
    await ctx.failpoint('run.recording');
    return true;
  });
  await ctx.failpoint('run.recorded');
  return recorded;
}

function isAsked({ trigger }: runStore.Run): boolean {
  return trigger === 'command' || trigger === 'label';
}

async function hold(tx: Db, run: runStore.Run): Promise<void> {
  if (!(await runStore.holdRun(tx, run))) throw new RunLostError(run.id);
}

function outcomeOf(
  run: runStore.Run,
  verdict: { chosen: number | null; abstainReason: string | null },
): Outcome {
  const detail = verdict.chosen === null ? verdict.abstainReason : `chose proposal ${verdict.chosen}`;
  if (run.dryRun) return { outcome: 'dry-run', detail };
  return { outcome: verdict.chosen === null ? 'undecided' : 'done', detail };
}

/** Why a run ends without a decision. */
export type RunEnd =
  | { readonly kind: 'cancelled'; readonly by: string }
  | { readonly kind: 'no-proposals' }
  | { readonly kind: 'over-quota'; readonly perDay: number }
  | { readonly kind: 'gone' }
  /** An automatic run on an issue that is closed or paused. */
  | { readonly kind: 'unwelcome' }
  | { readonly kind: 'failed'; readonly reason: string };

const OUTCOMES: Record<RunEnd['kind'], Outcome['outcome']> = {
  cancelled: 'cancelled',
  'no-proposals': 'no-proposals',
  'over-quota': 'over-budget',
  gone: 'gone',
  unwelcome: 'cancelled',
  failed: 'failed',
};

const STATE_AFTER: Partial<Record<RunEnd['kind'], 'cancelled' | 'failed'>> = {
  cancelled: 'cancelled',
  unwelcome: 'cancelled',
  failed: 'failed',
};

async function obstacleOf(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  run: runStore.Run,
): Promise<RunEnd | null> {
  const cancelledBy = await runStore.cancelRequestedBy(ctx.db, run.id);
  if (cancelledBy !== null) return { kind: 'cancelled', by: cancelledBy };
  if (issue.goneAt) return { kind: 'gone' };
  if (run.attempts >= MAX_ATTEMPTS) {
    return { kind: 'failed', reason: run.error ?? 'the run was interrupted too often' };
  }
  const perDay = ctx.config.judgeCallsPerDay;
  if (perDay === 0 || run.startedAt) return null;
  const since = new Date(ctx.clock.now().getTime() - DAY_MS);
  const used = await runStore.countRunsSince(ctx.db, issue.installationId, since);
  return used >= perDay ? { kind: 'over-quota', perDay } : null;
}

async function endWithoutDecision(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  run: runStore.Run,
  end: RunEnd,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await issueStore.lockIssue(tx, issue.id);
    await hold(tx, run);
    // Nobody asked for an automatic run, so nobody needs to hear that it came to nothing, unless they see it waiting.
    const isExpected = isShown(run) && (isAsked(run) || (await hasComment(tx, run.id)));
    if (isExpected && end.kind !== 'gone') await wantRunNotice(ctx, tx, issue, run, end);
    const commands = await commandStore.commandsOfRun(tx, run.id);
    const outcome = { outcome: OUTCOMES[end.kind], detail: detailOf(end) };
    const asker = commands.at(-1);
    if (run.dryRun && asker && end.kind !== 'gone') await wantDryRunEnd(ctx, tx, issue, asker, outcome);
    await finishCommands(ctx, tx, issue, commands, outcome);
    await runStore.finishRun(tx, run.id, {
      state: STATE_AFTER[end.kind] ?? 'finished',
      ...(end.kind === 'failed' ? { error: end.reason } : {}),
      at: ctx.clock.now(),
    });
  });
  await ctx.failpoint('run.ended');
}

function detailOf(end: RunEnd): string {
  switch (end.kind) {
    case 'cancelled':
      return `cancelled by ${end.by}`;
    case 'no-proposals':
      return 'no proposal was found on this issue';
    case 'over-quota':
      return `the installation used its ${end.perDay} judge calls of the last 24 hours`;
    case 'gone':
      return 'the issue is gone';
    case 'unwelcome':
      return 'the issue is closed or paused';
    case 'failed':
      return end.reason;
    default:
      return end satisfies never;
  }
}

/** Ends what cannot succeed, waits for what may, and throws back to the queue what nobody expected. */
async function settleFailure(
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
  const reason = error instanceof Error ? error.message : String(error);
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
    await issueStore.markIssueGone(ctx.db, issue.id, 'deleted', ctx.clock.now());
    return ends({ kind: 'gone' });
  }
  if (setback.kind === 'too-late' || error instanceof JudgeError || run.attempts >= MAX_ATTEMPTS) {
    return ends({ kind: 'failed', reason });
  }
  await runStore.noteError(ctx.db, run.id, reason);
  throw error;
}

function isGone(error: unknown): boolean {
  return error instanceof GitHubError && (error.failure === 'gone' || error.failure === 'not-found');
}
