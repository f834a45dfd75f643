/**
 * Exactly one comment per effect: created once, adopted when nobody knows whether the create arrived,
 * edited afterwards, and never posted again once a person deleted it.
 */

import { GitHubError } from '../../errors.ts';
import { carryTicks } from '../../pipeline/comment/checkboxes.ts';
import { isOwn } from '../../pipeline/comment/marker.ts';
import type { AppContext, RemoteComment } from '../../ports.ts';
import type { EffectTarget } from '../../schema/index.ts';
import { effectStore } from '../../store/index.ts';
import { markerKeys } from '../support/marker.ts';
import type { Effect, EffectPlace } from './apply-effect.ts';
import { spacings } from './pace.ts';

type CommentTarget = Extract<EffectTarget, { kind: 'comment' }>;

/** GitHub may list a comment late: an ambiguous create is looked for again after this time, in write spacings. */
const LOOK_AGAIN_SPACINGS = 15;

/** A comment as it stands on GitHub after this step, and the text it then shows. */
export interface AppliedComment {
  readonly comment: Omit<RemoteComment, 'body'>;
  readonly body: string;
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
  if (effect.createAttemptedAt !== null) {
    const adopted = await adopt(ctx, target, place);
    await ctx.failpoint('effect.looked-up');
    if (adopted) return bringUpToDate(ctx, place, adopted, effect.desiredBody);
    if (!effect.secondLookDue) return lookAgainLater(ctx, effect);
  }
  return create(ctx, effect, effect.desiredBody, place);
}

/** The attempt is on record before the request leaves: a crash in between is then looked into, not repeated. */
async function create(
  ctx: AppContext,
  effect: Effect,
  body: string,
  place: EffectPlace,
): Promise<AppliedComment> {
  await effectStore.updateEffect(ctx.db, effect.id, {
    createAttemptedAt: ctx.clock.now(),
    secondLookDue: false,
  });
  await ctx.failpoint('effect.create-attempted');
  try {
    const comment = await place.github.createComment(place.ref, body);
    await ctx.failpoint('effect.create-answered');
    return { comment, body };
  } catch (error) {
    const surelyNotCreated = error instanceof GitHubError && error.failure !== 'ambiguous';
    if (surelyNotCreated) await effectStore.updateEffect(ctx.db, effect.id, { createAttemptedAt: null });
    throw error;
  }
}

/** The oldest comment with our authorship and signature is ours; later ones with the same marker go. */
async function adopt(
  ctx: AppContext,
  target: CommentTarget,
  place: EffectPlace,
): Promise<RemoteComment | null> {
  const scope = {
    repositoryId: place.issue.repositoryId,
    issueNumber: place.issue.number,
    keys: markerKeys(ctx.config),
  };
  const comments = await place.github.listAppComments(place.ref, ctx.github.appId);
  const [oldest, ...extras] = comments
    .filter((comment) => {
      const marker = isOwn(comment, ctx.github.appId, scope);
      return marker?.kind === target.markerKind && marker.id === target.markerId;
    })
    .toSorted((a, b) => a.id - b.id);
  for (const extra of extras) await place.github.deleteComment(place.ref, extra.id);
  return oldest ?? null;
}

async function lookAgainLater(ctx: AppContext, effect: Effect): Promise<null> {
  await effectStore.updateEffect(ctx.db, effect.id, {
    secondLookDue: true,
    notBefore: new Date(ctx.clock.now().getTime() + spacings(ctx, LOOK_AGAIN_SPACINGS)),
  });
  return null;
}

async function editComment(
  ctx: AppContext,
  effect: Effect,
  body: string,
  place: EffectPlace,
): Promise<AppliedComment | null> {
  const remote = await place.github.getComment(place.ref, Number(effect.githubId));
  await ctx.failpoint('effect.edit-read');
  if (remote === null) {
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

async function bringUpToDate(
  ctx: AppContext,
  place: EffectPlace,
  remote: RemoteComment,
  body: string,
): Promise<AppliedComment> {
  if (remote.body !== body) {
    await place.github.updateComment(place.ref, remote.id, body);
    await ctx.failpoint('effect.edit-answered');
  }
  return { comment: remote, body };
}
