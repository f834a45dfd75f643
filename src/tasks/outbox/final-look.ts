/**
 * The last look after a write whose answer was lost: comments of ours that showed up late are deleted, and a text
 * that a late edit put back is repaired. After a tombstone everything of ours goes: nothing is posted again.
 */
import { GitHubError } from '../../errors.ts';
import type { AppContext } from '../../ports.ts';
import { effectStore } from '../../store/index.ts';
import { fromNow, scaled } from '../support/scaled.ts';
import type { Effect, EffectPlace } from './apply-effect.ts';
import { FINAL_LOOK_MS } from './looks.ts';
import { type CommentTarget, findOwnComments } from './own-comments.ts';
import { editComment } from './reconcile-comment.ts';

export async function takeFinalLook(
  ctx: AppContext,
  effect: Effect,
  target: CommentTarget,
  place: EffectPlace,
): Promise<void> {
  const own = await findOwnComments(ctx, target, place);
  const extras = own.filter((comment) => comment.id !== effect.githubId);
  await ctx.failpoint('effect.looked-up');
  for (const extra of extras) await deleteExtra(place, extra.id);
  if (effect.state !== 'tombstoned') await compare(ctx, effect, place);
  const nextLook = extras.length > 0 ? fromNow(ctx, scaled(ctx, FINAL_LOOK_MS)) : null;
  await effectStore.lookAgain(ctx.db, [effect.id], nextLook);
}

async function deleteExtra(place: EffectPlace, commentId: number): Promise<void> {
  try {
    await place.write('delete', (signal) => place.github.deleteComment(place.ref, commentId, signal));
  } catch (error) {
    const isGone =
      error instanceof GitHubError && (error.failure === 'not-found' || error.failure === 'gone');
    if (!isGone) throw error;
  }
}

async function compare(ctx: AppContext, effect: Effect, place: EffectPlace): Promise<void> {
  if (effect.githubId === null || effect.desiredBody === null) return;
  const applied = await editComment(ctx, effect, effect.desiredBody, place);
  if (applied) await effectStore.updateEffect(ctx.db, effect.id, { appliedBody: applied.body });
}
