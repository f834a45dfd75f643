import { createHash } from 'node:crypto';
import { type Marker, readMarker } from '../../../src/pipeline/comment/marker.ts';
import type { Comment } from '../../../src/sandbox/github/index.ts';
import { broken, doubled, lost, type Violation } from '../result.ts';
import type { World } from '../world/world.ts';
import type { Records } from './oracle.ts';

export interface OwnComment {
  readonly comment: Comment;
  /** Null when its signature does not hold. */
  readonly marker: Marker | null;
}

/** The living comments that the App wrote, on all issues. */
export function ownComments(world: World): OwnComment[] {
  const keys = [markerKey(world.github.webhookSecret)];
  return [...world.github.state.comments.values()]
    .filter((comment) => comment.viaApp)
    .map((comment) => {
      const { repository, number } = comment.issue;
      return {
        comment,
        marker: readMarker(comment.body, { repositoryId: repository.id, issueNumber: number, keys }),
      };
    });
}

/** Each comment of the App is signed, is the only one of its purpose, and shows what its effect wants. */
export function checkOwnComments(world: World, records: Records): Violation[] {
  const own = ownComments(world);
  const byKey = Map.groupBy(own, ({ marker }) =>
    marker ? `comment:${marker.kind}:${marker.id}` : 'unsigned',
  );
  const violations = (byKey.get('unsigned') ?? []).map(({ comment }) =>
    broken(`comment ${comment.id} is not signed`),
  );
  for (const [key, comments] of byKey) {
    if (key !== 'unsigned' && comments.length > 1)
      violations.push(doubled(`${key} stands ${comments.length} times`));
    if (key !== 'unsigned' && !records.effects.some((effect) => effect.key === key))
      violations.push(broken(`${key} has no effect`));
  }
  for (const effect of records.effects) {
    if (effect.kind === 'comment')
      violations.push(...checkEffect(effect, byKey.get(effect.key) ?? [], world));
  }
  return violations;
}

function checkEffect(
  effect: Records['effects'][number],
  shown: readonly OwnComment[],
  world: World,
): Violation[] {
  const isBuried = effect.githubId !== null && world.people.buried.has(effect.githubId);
  if (isBuried) return shown.length > 0 ? [doubled(`${effect.key} came back after a person deleted it`)] : [];
  if (effect.state !== 'done')
    return [lost(`${effect.key} is ${effect.state} (${effect.stateReason ?? effect.lastError})`)];
  const [only] = shown;
  if (!only) return [lost(`${effect.key} is done and not to be seen`)];
  return only.comment.body === effect.desiredBody
    ? []
    : [broken(`${effect.key} shows something else than is wanted`)];
}

/** The key that signs when the webhook's secret does (src/tasks/support/marker.ts). */
function markerKey(secret: string) {
  return { id: createHash('sha256').update(`marker-key:${secret}`).digest('hex').slice(0, 8), secret };
}
