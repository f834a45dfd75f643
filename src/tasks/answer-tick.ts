/** Boxes of the decision comment were ticked: feedback, if the one who ticked may give it; else the tick is undone. */
import { messageOf } from '../errors.ts';
import type { AppContext, JobTools } from '../ports.ts';
import { decisionStore, effectStore, issueStore, tickStore } from '../store/index.ts';
import { createWakeUps, readJob, tickJob } from './queues.ts';
import { managerRole } from './support/authorise.ts';
import { MAX_ATTEMPTS, weigh } from './support/patience.ts';
import { recordFeedback, withdrawFeedback } from './support/record-feedback.ts';
import { readRepositoryConfig } from './support/repository-config.ts';
import type { Step } from './support/step.ts';
import { commentKey } from './support/want.ts';

type Tick = tickStore.Tick;

/** The issue's ticks, in the order in which they came. */
export async function answerTicks(
  ctx: AppContext,
  data: unknown,
  { signal }: Pick<JobTools, 'signal'>,
): Promise<void> {
  const job = readJob(ctx, tickJob, data);
  if (!job) return;
  for (;;) {
    signal.throwIfAborted();
    const tick = await tickStore.nextTick(ctx.db, job.issueId);
    if (!tick) return;
    const step = await tryTick(ctx, tick, signal);
    if (step.kind === 'settled') continue;
    if (step.wakeInMs === null) return;
    return createWakeUps(ctx.jobs).tick(ctx.db, job.issueId, Math.ceil(step.wakeInMs / 1000));
  }
}

async function tryTick(ctx: AppContext, tick: Tick, signal: AbortSignal): Promise<Step> {
  const issue = await issueStore.getIssue(ctx.db, tick.issueId);
  if (!issue || issue.goneAt) return finish(ctx, tick, 'finished');
  const attempts = await tickStore.beginTick(ctx.db, tick.id);
  if (attempts > MAX_ATTEMPTS) return finish(ctx, tick, 'failed', 'answering it was interrupted too often');
  try {
    await answerTick(ctx, issue, tick);
    return finish(ctx, tick, 'finished');
  } catch (error) {
    const message = messageOf(error);
    if (signal.aborted) {
      await tickStore.setBackTick(ctx.db, tick.id, 'the worker was stopped');
      throw error;
    }
    const setback = await weigh(ctx, issue, { since: tick.tickedAt, setbacks: attempts }, error);
    if (setback.kind === 'wait' || setback.kind === 'parked') {
      await tickStore.setBackTick(ctx.db, tick.id, message);
      return { kind: 'waits', wakeInMs: setback.kind === 'wait' ? setback.ms : null };
    }
    if (setback.kind === 'defect' && attempts < MAX_ATTEMPTS) throw error;
    return finish(ctx, tick, 'failed', message);
  }
}

async function finish(
  ctx: AppContext,
  tick: Tick,
  state: 'finished' | 'failed',
  error?: string,
): Promise<Step> {
  if (error !== undefined) ctx.logger.error({ tick: tick.id, error }, 'a tick is given up');
  await tickStore.finishTick(ctx.db, tick.id, { state, ...(error ? { error } : {}), at: ctx.clock.now() });
  return { kind: 'settled' };
}

async function answerTick(ctx: AppContext, issue: issueStore.LocatedIssue, tick: Tick): Promise<void> {
  const decision = await decisionStore.getDecision(ctx.db, tick.decisionId);
  if (!decision) return;
  const { config } = await readRepositoryConfig(ctx, issue);
  const { allowed, role } = await managerRole(ctx, issue, tick.actorLogin, config);
  if (allowed) {
    for (const change of tick.changes) await applyChange(ctx, issue, decision, tick, change, role);
  }
  await ctx.failpoint('tick.recorded');
  await showWhatCounts(ctx, issue, decision);
  await ctx.failpoint('tick.answered');
}

async function applyChange(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  decision: decisionStore.Decision,
  tick: Tick,
  { box, ticked }: Tick['changes'][number],
  role: string | null,
): Promise<void> {
  const key = `checkbox:${decision.id}:${box}:${tick.actorLogin.toLowerCase()}`;
  if (!ticked) return withdrawFeedback(ctx, decision, key);
  await recordFeedback(ctx, issue, decision, {
    key,
    source: 'checkbox',
    polarity: box === 'accept' ? 'accept' : 'reject',
    proposalNumber: box === 'accept' ? decision.chosen : null,
    actor: { id: tick.actorId, login: tick.actorLogin, role },
    reason: null,
    at: tick.tickedAt,
    evidenceCommentId: tick.commentId,
  });
}

/** The boxes show the recorded state, whatever was clicked. */
async function showWhatCounts(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  decision: decisionStore.Decision,
): Promise<void> {
  const effect = await effectStore.findEffect(ctx.db, commentKey('decision', decision.runId));
  if (!effect || effect.appliedBody === effect.desiredBody) return;
  await ctx.db.transaction(async (tx) => {
    await effectStore.repairEffect(tx, effect.id);
    await createWakeUps(ctx.jobs).outbox(tx, issue.installationId);
  });
}
