/**
 * How often the gate promotes, by adding up every outcome there is instead of drawing some. It asks the gate itself
 * about the outcomes, so what it proves holds for the code that runs.
 */
import { binomialDistribution } from '../../statistics/binomial.ts';
import { type Look, looksFor, takeLook } from './gate.ts';

export interface Truth {
  /** Share of decisions that exactly one of the two gets right, 0 to 1. */
  readonly discordance: number;
  /** Accuracy of the candidate less that of the incumbent, from `-discordance` to `discordance`. */
  readonly difference: number;
}

/** Numbers of discordant decisions rarer than this are left out; all of them together are worth less than 1e-9. */
const NEGLIGIBLE = 1e-12;

/**
 * The probability that the gate promotes at its first or second look.
 * @param candidates how many candidates share the level
 */
export function promotionProbability(truth: Truth, candidates = 1): number {
  const [first, second] = looksFor(candidates);
  if (!first || !second) throw new Error('the gate has two looks');
  const favoured = truth.discordance > 0 ? (1 + truth.difference / truth.discordance) / 2 : 0.5;
  const ending = tails(second.decisions - first.decisions, truth.discordance, favoured);
  const needed = Array.from({ length: second.decisions + 1 }, (_, discordant) =>
    leastWins(second, discordant),
  );
  let promoted = 0;
  for (const { discordant, mass } of likely(first.decisions, truth.discordance)) {
    const early = leastWins(first, discordant);
    for (const [wins, share] of binomialDistribution(discordant, favoured).entries()) {
      promoted += mass * share * (wins >= early ? 1 : promotedLater(discordant, wins, ending, needed));
    }
  }
  return promoted;
}

interface Ending {
  readonly discordant: number;
  readonly mass: number;
  /** P(at least so many wins among them). */
  readonly tail: readonly number[];
}

/** What the decisions after the first look can bring. */
function tails(decisions: number, discordance: number, favoured: number): Ending[] {
  return likely(decisions, discordance).map(({ discordant, mass }) => {
    const tail = binomialDistribution(discordant, favoured);
    for (let wins = discordant - 1; wins >= 0; wins -= 1)
      tail[wins] = (tail[wins] ?? 0) + (tail[wins + 1] ?? 0);
    return { discordant, mass, tail };
  });
}

function promotedLater(
  discordant: number,
  wins: number,
  ending: readonly Ending[],
  needed: readonly number[],
): number {
  let promoted = 0;
  for (const end of ending) {
    const missing = (needed[discordant + end.discordant] ?? Number.POSITIVE_INFINITY) - wins;
    promoted += end.mass * (missing <= 0 ? 1 : (end.tail[missing] ?? 0));
  }
  return promoted;
}

function likely(decisions: number, discordance: number): { discordant: number; mass: number }[] {
  return binomialDistribution(decisions, discordance)
    .map((mass, discordant) => ({ discordant, mass }))
    .filter(({ mass }) => mass > NEGLIGIBLE);
}

/** The fewest wins among so many discordant decisions with which the look promotes; infinite when none do. */
function leastWins(look: Look, discordant: number): number {
  const promotes = (wins: number) =>
    takeLook(look, { candidateOnly: wins, incumbentOnly: discordant - wins }).verdict === 'promote';
  if (!promotes(discordant)) return Number.POSITIVE_INFINITY;
  let [low, high] = [-1, discordant];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (promotes(middle)) high = middle;
    else low = middle;
  }
  return high;
}
