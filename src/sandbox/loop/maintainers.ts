/**
 * What the simulated maintainers like. Their taste lies outside the judge's model: what counts depends on what else is
 * there, and no sum of the judge's features says that. One pick in four is a whim.
 */
import type { Random } from '../../statistics/random.ts';
import type { DrawnIssue, ProposalTraits } from './threads.ts';

export interface Maintainers {
  /** Share of picks that follow no taste at all, 0 to 1. */
  readonly noise: number;
  /** Share of maintainers who take whatever they are shown, 0 to 1. */
  readonly followers: number;
}

export const MAINTAINERS: Maintainers = { noise: 0.25, followers: 0.3 };

/**
 * This project asks for no code in proposals, wants other ways weighed, and likes further cases if they come with a
 * test. Of equals it takes the last, who has read the others.
 */
export function liking({
  knowsCause,
  showsCode,
  namesTests,
  thinksFurther,
  weighsOthers,
  hedges,
}: ProposalTraits): number {
  return (
    (showsCode ? -2 : 0) +
    (weighsOthers ? 2 : 0) +
    (thinksFurther ? (namesTests ? 2 : -0.5) : 0) +
    (knowsCause && !showsCode ? 1 : 0) -
    (hedges ? 0.5 : 0)
  );
}

/** Index of the proposal that taste alone picks. */
export function favourite({ proposals }: DrawnIssue): number {
  const likings = proposals.map(({ traits }) => liking(traits));
  return likings.lastIndexOf(Math.max(...likings));
}

/**
 * Index of the proposal that a maintainer picks.
 * @param shown what our choice is, where they can see one; null where they cannot
 */
export function pickOf(
  issue: DrawnIssue,
  shown: number | null,
  random: Random,
  { noise, followers }: Maintainers = MAINTAINERS,
): number {
  if (shown !== null && random() < followers) return shown;
  return random() < noise ? Math.floor(random() * issue.proposals.length) : favourite(issue);
}
