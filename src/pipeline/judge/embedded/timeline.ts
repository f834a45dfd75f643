/** Who had which idea first, for `explain`: the ideas that matter, in the order in which they came up. */
import type { Candidate, IdeaTimelineEntry } from '../types.ts';
import type { AnalysedThread } from './features.ts';
import type { Idea } from './ideas.ts';
import { shorten } from './text.ts';

const MAX_ENTRIES = 12;
const MAX_OF_ONE = 3;

/** Ideas that several hold come first into the list, then each proposal's own ones about code. */
export function ideaTimeline({ ideas, proposals }: AnalysedThread): IdeaTimelineEntry[] {
  const kept = new Set<Idea>();
  const own = new Map<number, number>();
  for (const idea of [...ideas].sort((a, b) => importance(b) - importance(a))) {
    const founder = idea.holders[0]?.index ?? 0;
    const count = own.get(founder) ?? 0;
    if (kept.size >= MAX_ENTRIES || importance(idea) <= 0 || count >= MAX_OF_ONE) continue;
    own.set(founder, count + 1);
    kept.add(idea);
  }
  const numberOf = (index: number) => proposals[index]?.read.candidate.number ?? index + 1;
  return ideas
    .filter((idea) => kept.has(idea))
    .map(({ text, holders }) => ({
      idea: shownIdea({ text }),
      firstNumber: numberOf(holders[0]?.index ?? 0),
      firstAt: holders[0]?.since.at ?? null,
      firstRevision: revisionAt(
        proposals[holders[0]?.index ?? 0]?.read.candidate,
        holders[0]?.since.at ?? null,
      ),
      alsoIn: holders.slice(1).map(({ index, since }) => ({ number: numberOf(index), at: since.at })),
    }));
}

/** The words by which an idea is known outside. */
export function shownIdea({ text }: Pick<Idea, 'text'>): string {
  return shorten(text, 200);
}

/** Shared ideas about the cause and the change, and those that name code. */
function importance({ role, identifiers, holders }: Idea): number {
  const isPlan = role === 'cause' || role === 'change';
  if (holders.length === 1 && identifiers.length === 0) return 0;
  return 2 * (holders.length - 1) + (isPlan ? 1 : 0) + Math.min(identifiers.length, 3) / 3;
}

/** The hash of the text that stood at that time; of an unknown time, the first one. Null without a candidate. */
export function revisionAt(candidate: Candidate | undefined, at: string | null): string | null {
  const revisions = candidate?.revisions ?? [];
  const standing = revisions.findLast((text) => at !== null && text.at !== null && text.at <= at);
  return (standing ?? revisions[0])?.hash ?? null;
}
