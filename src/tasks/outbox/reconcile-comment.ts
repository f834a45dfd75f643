/**
 * Exactly one comment per effect: created once, adopted when nobody knows whether the create arrived,
 * edited afterwards, and never posted again once a person deleted it.
 */

import { GitHubError } from '../../errors.ts';
import { carryTicks } from '../../pipeline/comment/checkboxes.ts';
import type { AppContext, RemoteComment } from '../../ports.ts';
import { deliveryStore, effectStore } from '../../store/index.ts';
import { fromNow, scaled } from '../support/scaled.ts';
import type { Effect, EffectPlace } from './apply-effect.ts';
import { FINAL_LOOK_MS, SECOND_LOOK_MS } from './looks.ts';
import { type CommentTarget, findOwnComments } from './own-comments.ts';

/** A comment as it stands on GitHub after this step, and the text it then shows. */
export interface AppliedComment {
  readonly comment: Omit<RemoteComment, 'body'>;
  readonly body: string;
  /** As it stood before this step; null when this step created it. */
  readonly before: RemoteComment | null;
}

/** @returns null when the effect is not settled by this step. */
export async function reconcileComment(
  ctx: AppContext,
  effect: Effect,
  target: CommentTarget,
  place: EffectPlace,
): Promise<AppliedComment | null> {
  if (effect.desiredBody === null) throw new Error(`comment effect ${effect.id} has no text`);
  if (effect.githubId !== null) return editComment(ctx, effect, effect.desiredBody, place);
  if (effect.createAttemptedAt === null) return createComment(ctx, effect, effect.desiredBody, place);
  const [oldest, ...extras] = await findOwnComments(ctx, target, place);
  await ctx.failpoint('effect.looked-up');
  if (oldest) return adopt(ctx, effect, effect.desiredBody, place, oldest, extras.length > 0);
  if (await isWorthWaiting(ctx, effect)) return lookAgainLater(ctx, effect);
  return createComment(ctx, effect, effect.desiredBody, place);
}

/** The attempt is on record before the request leaves: a crash in between is then looked into, not repeated. */
async function createComment(
  ctx: AppContext,
  effect: Effect,
  body: string,
  place: EffectPlace,
): Promise<AppliedComment | null> {
  const attemptedAt = ctx.clock.now();
  if (!(await effectStore.beginCreate(ctx.db, effect, attemptedAt))) return null;
  await ctx.failpoint('effect.create-attempted');
  let hasLeft = false;
  try {
    const comment = await place.write('create', async (signal) => {
      hasLeft = true;
      const created = await place.github.createComment(place.ref, body, signal);
      await ctx.failpoint('effect.create-answered');
      return created;
    });
    return { comment, body, before: null };
  } catch (error) {
    if (hasLeft && !isRefusal(error)) {
      await effectStore.lookAgain(ctx.db, [effect.id], fromNow(ctx, scaled(ctx, FINAL_LOOK_MS)));
    } else {
      await effectStore.undoCreate(ctx.db, effect, attemptedAt);
    }
    throw error;
  }
}

/** GitHub's own word that there is no comment. Whatever else goes wrong once the request has left, there may be one. */
function isRefusal(error: unknown): boolean {
  return error instanceof GitHubError && error.failure !== 'ambiguous';
}

/** The oldest comment with our authorship and signature is ours; the final look removes later ones. */
async function adopt(
  ctx: AppContext,
  effect: Effect,
  body: string,
  place: EffectPlace,
  oldest: RemoteComment,
  hasExtras: boolean,
): Promise<AppliedComment> {
  const finalLook = fromNow(ctx, hasExtras ? 0 : scaled(ctx, FINAL_LOOK_MS));
  await effectStore.adoptComment(ctx.db, effect.id, oldest, finalLook);
  return bringUpToDate(ctx, place, oldest, body);
}

/**
 * A second look is owed before anything is created again. Webhooks that wait to be worked off are worth more
 * time: one of them may say that the comment is there, or that somebody deleted it.
 */
async function isWorthWaiting(ctx: AppContext, effect: Effect): Promise<boolean> {
  return !effect.secondLookDue || (await deliveryStore.laneHasWork(ctx.db, `issue:${effect.issueId}`));
}

async function lookAgainLater(ctx: AppContext, effect: Effect): Promise<null> {
  await effectStore.updateEffect(ctx.db, effect.id, {
    secondLookDue: true,
    notBefore: fromNow(ctx, scaled(ctx, SECOND_LOOK_MS)),
  });
  return null;
}

export async function editComment(
  ctx: AppContext,
  effect: Effect,
  body: string,
  place: EffectPlace,
): Promise<AppliedComment | null> {
  const remote = await place.github.getComment(place.ref, Number(effect.githubId));
  await ctx.failpoint('effect.edit-read');
  if (remote === null) {
    if (isFresh(ctx, effect)) return lookAgainLater(ctx, effect);
    await effectStore.updateEffect(ctx.db, effect.id, {
      state: 'tombstoned',
      stateReason: 'the comment was deleted on GitHub',
    });
    await ctx.failpoint('effect.tombstoned');
    return null;
  }
  // A box ticked since we last looked has its webhook still under way: keep the tick until it is handled.
  const wanted = carryTicks({ lastSeen: effect.appliedBody, remote: remote.body, wanted: body });
  return bringUpToDate(ctx, place, remote, wanted);
}

/** Right after a write, a 404 may come from a replica that has not heard of the comment yet. */
function isFresh(ctx: AppContext, effect: Effect): boolean {
  const age = ctx.clock.now().getTime() - (effect.appliedAt?.getTime() ?? 0);
  return age < scaled(ctx, SECOND_LOOK_MS);
}

async function bringUpToDate(
  ctx: AppContext,
  place: EffectPlace,
  remote: RemoteComment,
  body: string,
): Promise<AppliedComment> {
  if (remote.body === body) return { comment: remote, body, before: remote };
  const comment = await place.write('edit', async (signal) => {
    const edited = await place.github.updateComment(place.ref, remote.id, body, signal);
    await ctx.failpoint('effect.edit-answered');
    return edited;
  });
  return { comment, body, before: remote };
}
