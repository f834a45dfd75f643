import { broken, type Violation } from '../result.ts';
import type { World } from '../world/world.ts';

const COMMENT = /\/issues\/comments\/(\d+)$/;
const CHANGES: ReadonlySet<string> = new Set(['PATCH', 'DELETE']);

type Place = Pick<World, 'github' | 'people'>;

/** What people wrote stands as they left it, unhidden, and the App has not so much as tried to change it. */
export function checkOthers(place: Place): Violation[] {
  return [...changedTexts(place), ...triedChanges(place)];
}

function changedTexts({ github, people }: Place): Violation[] {
  return [...people.texts].flatMap(([id, text]) => {
    const comment = github.state.comments.get(id);
    if (text === null) return [];
    if (!comment) return [broken(`somebody's comment ${id} is gone`)];
    if (comment.body !== text) return [broken(`somebody's comment ${id} was changed`)];
    return comment.minimized === null ? [] : [broken(`somebody's comment ${id} was hidden`)];
  });
}

/** Also what was put back, was refused, or came after its author had deleted it. */
function triedChanges({ github, people }: Place): Violation[] {
  return github.state.audit.find({ write: true, path: COMMENT }).flatMap(({ method, path }) => {
    const id = Number(COMMENT.exec(path)?.[1]);
    return CHANGES.has(method) && people.texts.has(id)
      ? [broken(`the App sent ${method} to somebody's comment ${id}`)]
      : [];
  });
}
