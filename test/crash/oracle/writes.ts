import { broken, type Violation } from '../result.ts';
import { LIMITS_SCALE, type World } from '../world/world.ts';

const SPACING_MS = 1_000 * LIMITS_SCALE;
/** The fake counts whole milliseconds on both ends. */
const ROUNDING_MS = 1;
const REACTION = /\/issues\/comments\/(\d+)\/reactions$/;

/** Writes of an installation never overlap, keep their distance, and never had to be refused for coming too soon. */
export function checkWrites({ github }: World): Violation[] {
  const { audit, installations } = github.state;
  const overlapping = audit.overlappingWrites();
  const refused = audit.find({ write: true, status: 403 }).filter((entry) => entry.fault === null);
  return [
    ...(overlapping.length > 0 ? [broken(`${overlapping.length} writes overlapped another`)] : []),
    ...(refused.length > 0 ? [broken(`${refused.length} writes broke GitHub's limits`)] : []),
    ...[...installations.keys()].flatMap((id) => {
      const gap = audit.shortestWriteGapMs(id);
      return gap !== null && gap < SPACING_MS - ROUNDING_MS
        ? [broken(`two writes of installation ${id} were ${gap} ms apart, not ${SPACING_MS}`)]
        : [];
    }),
  ];
}

/** From each command to the last reaction that it got. */
export function secondsToConverge({ github, people }: World): number[] {
  const lastReactionAt = new Map<number, number>();
  for (const { path, startedAt, endedAt } of github.state.audit.find({ method: 'POST', path: REACTION })) {
    lastReactionAt.set(Number(REACTION.exec(path)?.[1]), endedAt ?? startedAt);
  }
  return people.commands.flatMap(({ comment, saidAt }) => {
    const at = lastReactionAt.get(comment.id);
    return at === undefined ? [] : [(at - saidAt) / 1000];
  });
}
