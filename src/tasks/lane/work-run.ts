/**
 * One run: read the thread, freeze it, ask the judge, record the decision and want its comment. Everything
 * that tells the world about it is written in one transaction with the decision.
 */
import { CancelledError } from '../../errors.ts';
import { checkVerdict } from '../../pipeline/decision/check-verdict.ts';
import { nextLookAt } from '../../pipeline/feedback/look-times.ts';
import type { AppContext } from '../../ports.ts';
import { commandStore, decisionStore, issueStore, proposalStore, runStore } from '../../store/index.ts';
import { wantDecisionComment } from '../support/decision-comment.ts';
import { finishCommands, type Outcome } from '../support/finish.ts';
import { newerThan } from '../support/newer-proposals.ts';
import { MAX_ATTEMPTS } from '../support/patience.ts';
import { resolveLabelsOfIssue } from '../support/resolve-label.ts';
import type { Step } from '../support/step.ts';
import { answerDryRun } from './answer-dry-run.ts';
import { endWithoutDecision, hasComment, type RunEnd } from './end-run.ts';
import { hold, RunLostError } from './hold-run.ts';
import { isShown } from './is-shown.ts';
import { judgeWithPatience } from './judge-with-patience.ts';
import { settleFailure } from './settle-failure.ts';
import { type TakenSnapshot, takeSnapshot } from './take-snapshot.ts';

const DAY_MS = 86_400_000;

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

function outcomeOf(
  run: runStore.Run,
  verdict: { chosen: number | null; abstainReason: string | null },
): Outcome {
  const detail = verdict.chosen === null ? verdict.abstainReason : `chose proposal ${verdict.chosen}`;
  if (run.dryRun) return { outcome: 'dry-run', detail };
  return { outcome: verdict.chosen === null ? 'undecided' : 'done', detail };
}

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
