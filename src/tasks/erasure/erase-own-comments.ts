/**
 * Our own comments quote proposals and commands. When one of those is erased, what we keep of our comments goes too,
 * and GitHub is made to show the erased text no longer.
 */
import { eraseText } from '../../pipeline/dataset/erase.ts';
import type { Db } from '../../ports.ts';
import { effectStore, erasureStore } from '../../store/index.ts';
import type { Erasure } from './erase-comment.ts';

const NOTICE =
  'The text of this comment was erased, because a comment that it quoted is gone. `/manager choose` decides anew.';
const MARKER = /<!-- swe-manager:[^>]{1,400}-->\s*$/;

/** @returns how many of our comments were changed. */
export async function eraseOwnComments(
  tx: Db,
  issueId: number,
  decisionIds: ReadonlySet<string>,
  erasure: Erasure,
): Promise<number> {
  const quoting = (await erasureStore.ownComments(tx, issueId)).filter((effect) =>
    quotes(effect, decisionIds),
  );
  for (const effect of quoting) {
    await eraseDesired(tx, effect, erasure);
    await erasureStore.eraseAppliedBody(tx, effect.id);
  }
  return quoting.length;
}

/** Decisions quote the proposals they judged; notices and refusals quote commands, dry runs among them decisions. */
function quotes({ target }: erasureStore.CommentEffect, decisionIds: ReadonlySet<string>): boolean {
  if (target.kind !== 'comment') return false;
  if (target.decisionId !== null) return decisionIds.has(target.decisionId);
  return (
    target.markerKind === 'notice' || target.markerKind === 'refusal' || target.markerKind === 'decision'
  );
}

async function eraseDesired(
  tx: Db,
  effect: erasureStore.CommentEffect,
  { rerender }: Erasure,
): Promise<void> {
  const { id, state, target, desiredBody } = effect;
  const isGone = state === 'tombstoned' || state === 'abandoned';
  if (isGone || desiredBody === null) {
    if (desiredBody !== null)
      await erasureStore.overwriteComment(tx, id, { desiredBody: eraseText(desiredBody) });
    return;
  }
  const decisionId = target.kind === 'comment' ? target.decisionId : null;
  if (decisionId !== null && rerender !== null) return rerender(tx, decisionId);
  const body = `${NOTICE}\n\n${MARKER.exec(desiredBody)?.[0] ?? ''}`;
  await erasureStore.overwriteComment(tx, id, {
    desiredBody: body,
    desiredHash: effectStore.bodyHash(body),
    // Parked ones wait for their issue; the writer finds the others on its next look around.
    ...(state === 'parked' ? {} : { state: 'pending' as const }),
  });
}
