/**
 * One effect, one step: look at what GitHub shows, write at most once, record what happened. Every step can
 * be repeated after a crash: the row says whether a create may have arrived.
 */
import { GitHubError } from '../../errors.ts';
import type { AppContext, GitHub, IssueRef } from '../../ports.ts';
import { effectStore, issueStore } from '../../store/index.ts';
import { afterCommentApplied } from './after-applied.ts';
import { handleFailure } from './failures.ts';
import { reconcileComment } from './reconcile-comment.ts';

export type Effect = effectStore.Effect;

/** What applying an effect needs to know about its place. */
export interface EffectPlace {
  readonly github: GitHub;
  readonly issue: issueStore.LocatedIssue;
  readonly ref: IssueRef;
}

export async function applyEffect(ctx: AppContext, effect: Effect): Promise<void> {
  const issue = await issueStore.getIssue(ctx.db, effect.issueId);
  if (!issue || issue.goneAt) {
    await effectStore.updateEffect(ctx.db, effect.id, {
      state: 'abandoned',
      stateReason: 'the issue is gone',
    });
    return;
  }
  if (issue.locked) {
    await effectStore.updateEffect(ctx.db, effect.id, { state: 'parked', stateReason: 'locked' });
    return;
  }
  try {
    const github = await ctx.github.forInstallation(effect.installationId);
    const ref = { owner: issue.owner, name: issue.repositoryName, number: issue.number };
    await apply(ctx, effect, { github, issue, ref });
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    await handleFailure(ctx, effect, error);
  }
}

async function apply(ctx: AppContext, effect: Effect, place: EffectPlace): Promise<void> {
  const { target } = effect;
  switch (target.kind) {
    case 'reaction': {
      const id = await place.github.addReaction(place.ref, target.commentId, target.content);
      await ctx.failpoint('effect.reaction-answered');
      await markApplied(ctx, effect, { githubId: id });
      return;
    }
    case 'comment': {
      const applied = await reconcileComment(ctx, effect, target, place);
      if (applied) await afterCommentApplied(ctx, effect, target, applied);
      return;
    }
    default:
      target satisfies never;
  }
}

async function markApplied(ctx: AppContext, effect: Effect, seen: { githubId: number }): Promise<void> {
  await effectStore.updateEffect(ctx.db, effect.id, {
    state: 'done',
    githubId: seen.githubId,
    appliedHash: effect.desiredHash,
    appliedAt: ctx.clock.now(),
    lastError: null,
  });
}
