/** Decisions on which two judges differ, sorted for a person who wants to know whom to believe. */
import { isRight } from './is-right.ts';
import type { GivenAnswer, SharedDecision } from './types.ts';

export type WhoIsRight = 'a' | 'b' | 'both' | 'neither' | 'unknown';

export interface Disagreement extends SharedDecision {
  readonly right: WhoIsRight;
}

export interface Comparison {
  /** Decisions that both have answered. */
  readonly shared: number;
  /** The most interesting first. */
  readonly disagreements: readonly Disagreement[];
  /** Of the disagreements. */
  readonly counts: Readonly<Record<WhoIsRight, number>>;
}

/** What B gets wrong that A had right comes first: a change for the worse is what a reader looks for. */
const INTEREST: readonly WhoIsRight[] = ['a', 'b', 'neither', 'both', 'unknown'];

export function compareDecisions(shared: readonly SharedDecision[]): Comparison {
  const disagreements = shared
    .filter(({ a, b }) => !isSame(a, b))
    .map((decision) => ({ ...decision, right: whoIsRight(decision) }))
    .toSorted(byInterest);
  const counts = { a: 0, b: 0, both: 0, neither: 0, unknown: 0 };
  for (const { right } of disagreements) counts[right] += 1;
  return { shared: shared.length, disagreements, counts };
}

function isSame(a: GivenAnswer, b: GivenAnswer): boolean {
  return a.chosen === b.chosen && a.abstained === b.abstained;
}

/** Both can be right while they differ: one of them was not sure enough to say so. */
function whoIsRight({ label, a, b }: SharedDecision): WhoIsRight {
  if (label === null || label.verdict === 'not-the-choice') return 'unknown';
  const [aRight, bRight] = [isRight(label, a), isRight(label, b)];
  if (aRight && bRight) return 'both';
  if (aRight) return 'a';
  return bRight ? 'b' : 'neither';
}

/** Labels that nobody's sight of a choice can have touched say more, and so do surer ones. */
function byInterest(one: Disagreement, other: Disagreement): number {
  return (
    INTEREST.indexOf(one.right) - INTEREST.indexOf(other.right) ||
    Number(one.label?.exposed ?? true) - Number(other.label?.exposed ?? true) ||
    (other.label?.confidence ?? 0) - (one.label?.confidence ?? 0) ||
    one.repository.localeCompare(other.repository) ||
    one.issue - other.issue
  );
}
