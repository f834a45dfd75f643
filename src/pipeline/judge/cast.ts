/** Which calls of a judgement were votes, and how they fell. */
import type { CastVote } from './types.ts';

/**
 * The passes that counted: rounds, playoff and writing left out, and of a pass that was asked again only its last
 * call. Judges without calls have nothing but votes.
 */
export function castVotes<Cast extends CastVote>(votes: readonly Cast[]): Cast[] {
  const counted = votes.filter(({ kind }) => kind === undefined || kind === null || kind === 'vote');
  const last = new Map(counted.map((vote, index) => [vote.label ?? index, vote]));
  return counted.filter((vote, index) => last.get(vote.label ?? index) === vote);
}

export interface Share {
  readonly votesFor: number;
  /** Failed ones too. */
  readonly votes: number;
}

/** Votes for the choice among all that were cast. */
export function shareOf(votes: readonly CastVote[], choice: number | null): Share {
  const cast = castVotes(votes);
  const agreeing = cast.filter(({ error, chosen }) => error === null && chosen === choice);
  return { votesFor: agreeing.length, votes: cast.length };
}
