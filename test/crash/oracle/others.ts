import { broken, type Violation } from '../result.ts';
import type { World } from '../world/world.ts';

/** What people wrote stands as they left it, unhidden, and without edits by the App. */
export function checkOthers(world: World): Violation[] {
  const { state } = world.github;
  return [...world.people.texts].flatMap(([id, text]) => {
    const comment = state.comments.get(id);
    if (text === null) return [];
    if (!comment) return [broken(`somebody's comment ${id} is gone`)];
    if (comment.body !== text) return [broken(`somebody's comment ${id} was changed`)];
    return comment.minimized === null ? [] : [broken(`somebody's comment ${id} was hidden`)];
  });
}
