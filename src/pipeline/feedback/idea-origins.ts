/** Who held the accepted root cause and the accepted change first, and in which revision. */
import type { IdeaOrigin } from '../../schema/feedback.ts';
import { readThread } from '../judge/embedded/authorship.ts';
import { findIdeas, type Idea, termWeights } from '../judge/embedded/ideas.ts';
import { revisionAt, shownIdea } from '../judge/embedded/timeline.ts';
import type { Candidate, JudgeInput } from '../judge/types.ts';

const ROLES = ['cause', 'change'] as const;

/** With the idea in the words that stated it first, as the timeline of ideas has them. */
export type AcceptedIdea = IdeaOrigin & { readonly idea: string };

/** Null when no candidate was accepted. */
export function ideaOrigins(input: JudgeInput, accepted: number | null): IdeaOrigin[] | null {
  return acceptedIdeas(input, accepted)?.map(({ idea: _words, ...origin }) => origin) ?? null;
}

/**
 * For the cause and the change of the accepted proposal: the earliest text in the snapshot that held the same idea,
 * which may be a revision of another proposal. Null when no candidate was accepted.
 */
export function acceptedIdeas(input: JudgeInput, accepted: number | null): AcceptedIdea[] | null {
  const index = input.candidates.findIndex(({ number }) => number === accepted);
  if (index < 0) return null;
  const thread = readThread(input);
  const ideas = findIdeas(thread, termWeights(thread, `${input.issue.title}\n${input.issue.body}`));
  return ROLES.flatMap((role) => {
    const idea = mainIdea(ideas, role, index);
    const founder = idea?.holders[0];
    const candidate = founder && input.candidates[founder.index];
    if (!idea || !founder || !candidate) return [];
    return [{ ...originOf(role, candidate, founder.since.at), idea: shownIdea(idea) }];
  });
}

/** The accepted proposal's idea of that kind which most others share; its first one when none is shared. */
function mainIdea(ideas: readonly Idea[], role: IdeaOrigin['role'], index: number): Idea | null {
  const own = ideas.filter(
    (idea) => idea.role === role && idea.holders.some((holder) => holder.index === index),
  );
  return own.toSorted((a, b) => b.holders.length - a.holders.length)[0] ?? null;
}

function originOf(role: IdeaOrigin['role'], candidate: Candidate, at: string | null): IdeaOrigin {
  const revisionHash = revisionAt(candidate, at) ?? '';
  return { role, proposalNumber: candidate.number, revisionHash, at };
}
