/**
 * One effect, one step: look at what GitHub shows, write at most once, record what happened. Every step can
 * be repeated after a crash: the row says whether a create may have arrived.
 */
import { GitHubError } from '../../errors.ts';
import type { AppContext, GitHub, IssueRef } from '../../ports.ts';
import type { EffectTarget } from '../../schema/index.ts';
import { effectStore, issueStore, repositoryStore } from '../../store/index.ts';
import { LeaseLostError } from '../support/lease.ts';
import { isObserved, readRepositoryConfig } from '../support/repository-config.ts';
import { fromNow } from '../support/scaled.ts';
import { afterCommentApplied } from './after-applied.ts';
import { handleDefect, handleFailure } from './failures.ts';
import { takeFinalLook } from './final-look.ts';
import { type Gate, WriteDelayed } from './gate.ts';
import { reconcileComment } from './reconcile-comment.ts';

export type Effect = effectStore.Effect;

/** What applying an effect needs to know about its place. */
export interface EffectPlace {
  readonly github: GitHub;
  readonly issue: issueStore.LocatedIssue;
  readonly ref: IssueRef;
  readonly write: Gate;
}

/** What another version made is left to it for this long, in milliseconds. */
const NEWER_VERSION_WAIT_MS = 60_000;

/** @throws WriteDelayed, LeaseLostError: the writer has to stop. */
export async function applyEffect(ctx: AppContext, effect: Effect, write: Gate): Promise<void> {
  const issue = await issueStore.getIssue(ctx.db, effect.issueId);
  if (!issue || issue.goneAt) return giveUp(ctx, effect, 'the issue is gone');
  const obstacle = issue.repositoryRemovedAt ? 'removed' : issue.locked ? 'locked' : null;
  if (obstacle) return park(ctx, effect, obstacle);
  try {
    if (await mayOnlyObserve(ctx, issue)) return giveUp(ctx, effect, 'the repository is only observed');
    const github = await ctx.github.forInstallation(effect.installationId);
    const ref = { owner: issue.owner, name: issue.repositoryName, number: issue.number };
    await apply(ctx, effect, { github, issue, ref, write });
  } catch (error) {
    if (error instanceof WriteDelayed || error instanceof LeaseLostError) throw error;
    if (error instanceof GitHubError) await handleFailure(ctx, effect, error);
    else await handleDefect(ctx, effect, error);
  }
}

/** The config is read before the first write to a repository: it may ask for none. */
async function mayOnlyObserve(ctx: AppContext, issue: issueStore.LocatedIssue): Promise<boolean> {
  const repository = await repositoryStore.getRepository(ctx.db, issue.repositoryId);
  if (repository?.configReadAt) return isObserved(repository);
  return (await readRepositoryConfig(ctx, issue)).config.mode === 'observe';
}

async function apply(ctx: AppContext, effect: Effect, place: EffectPlace): Promise<void> {
  const { target } = effect;
  switch (target.kind) {
    case 'reaction': {
      const githubId = target.removed
        ? await takeBack(effect, target, place)
        : await react(ctx, target, place);
      await markApplied(ctx, effect, githubId);
      return;
    }
    case 'comment': {
      if (effect.state !== 'pending') return takeFinalLook(ctx, effect, target, place);
      const applied = await reconcileComment(ctx, effect, target, place);
      if (applied) await afterCommentApplied(ctx, effect, target, applied);
      return;
    }
    default:
      return leaveToOthers(ctx, effect, target);
  }
}

type ReactionTarget = Extract<EffectTarget, { kind: 'reaction' }>;

async function react(
  ctx: AppContext,
  { commentId, content }: ReactionTarget,
  { github, ref, write }: EffectPlace,
): Promise<number> {
  return write('react', async (signal) => {
    const given = await github.addReaction(ref, commentId, content, signal);
    await ctx.failpoint('effect.reaction-answered');
    return given;
  });
}

async function takeBack(
  { githubId }: Effect,
  { commentId }: ReactionTarget,
  { github, ref, write }: EffectPlace,
): Promise<null> {
  if (githubId === null) return null;
  await write('delete', (signal) => github.removeReaction(ref, commentId, githubId, signal));
  return null;
}

/** A row of a version that is newer than this one: it stays for a worker that knows what it means. */
async function leaveToOthers(ctx: AppContext, effect: Effect, target: never): Promise<void> {
  const { kind } = target as EffectTarget;
  ctx.logger.warn(
    { effect: effect.key, kind },
    'an effect of a kind that this version does not know is left',
  );
  await effectStore.updateEffect(ctx.db, effect.id, { notBefore: fromNow(ctx, NEWER_VERSION_WAIT_MS) });
}

async function giveUp(ctx: AppContext, effect: Effect, reason: string): Promise<void> {
  if (effect.state === 'pending') {
    await effectStore.updateEffect(ctx.db, effect.id, { state: 'abandoned', stateReason: reason });
  }
  await effectStore.lookAgain(ctx.db, [effect.id], null);
}

/** A row that is done owes only a look, which then comes with the next thing to write. */
async function park(ctx: AppContext, effect: Effect, reason: 'removed' | 'locked'): Promise<void> {
  if (effect.state === 'pending') {
    await effectStore.updateEffect(ctx.db, effect.id, { state: 'parked', stateReason: reason });
  } else {
    await effectStore.lookAgain(ctx.db, [effect.id], fromNow(ctx, NEWER_VERSION_WAIT_MS));
  }
}

/** What was wanted of the reaction may have changed while it was on its way. */
async function markApplied(ctx: AppContext, effect: Effect, githubId: number | null): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const current = await effectStore.lockEffect(tx, effect.key);
    const changedMeanwhile = current !== null && current.desiredHash !== effect.desiredHash;
    await effectStore.updateEffect(tx, effect.id, {
      state: changedMeanwhile ? 'pending' : 'done',
      githubId,
      appliedHash: effect.desiredHash,
      appliedAt: ctx.clock.now(),
      lookAgainAt: null,
      lastError: null,
    });
  });
}
