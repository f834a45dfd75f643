import type { IdeaOrigin } from '../schema/index.ts';

const ROLES = { cause: 'root cause', change: 'change' } as const;

/** For people: which revision of which proposal held the accepted ideas first. */
export function originLines(origins: readonly IdeaOrigin[] | null): string[] {
  return (origins ?? []).map(
    ({ role, proposalNumber, revisionHash, at }) =>
      `accepted ${ROLES[role]}: first in proposal ${proposalNumber}, revision ${revisionHash.slice(0, 12)}, ${at ?? 'at an unknown time'}`,
  );
}
