/** The comments on GitHub that are this effect's: our App wrote them and the signed marker says so. */
import { isOwn } from '../../pipeline/comment/marker.ts';
import type { AppContext, RemoteComment } from '../../ports.ts';
import type { EffectTarget } from '../../schema/index.ts';
import { markerScope } from '../support/marker.ts';
import type { EffectPlace } from './apply-effect.ts';

export type CommentTarget = Extract<EffectTarget, { kind: 'comment' }>;

/** Over all pages, oldest first. */
export async function findOwnComments(
  ctx: AppContext,
  target: CommentTarget,
  { github, issue, ref }: EffectPlace,
): Promise<RemoteComment[]> {
  const scope = markerScope(ctx.config, issue);
  const comments = await github.listAppComments(ref, ctx.github.appId);
  return comments
    .filter((comment) => {
      const marker = isOwn(comment, ctx.github.appId, scope);
      return marker?.kind === target.markerKind && marker.id === target.markerId;
    })
    .toSorted((a, b) => a.id - b.id);
}
