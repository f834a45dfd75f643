/**
 * The gate: does the candidate choose better than the incumbent? One-sided exact McNemar over the same decisions,
 * looked at twice. The two levels add up to 5 % (Bonferroni over the looks), so that looking early costs nothing
 * in false promotions; being exact, the test stays below that (test/pipeline/promotion/gate.test.ts enumerates it).
 */
import { exactMcNemarOneSided, minimumDetectableEffect } from '../../statistics/mcnemar.ts';

export interface Look {
  /** How many decisions of the epoch it takes into account, from the first on. */
  readonly decisions: number;
  /** The p-value up to which the candidate is promoted. */
  readonly alpha: number;
}

export const LOOKS: readonly Look[] = [
  { decisions: 200, alpha: 0.005 },
  { decisions: 400, alpha: 0.045 },
];

/** With fewer decisions on which exactly one of the two is right, no verdict is given: it would rest on a handful. */
export const LEAST_DISCORDANT = 25;
const POWER = 0.8;

/** One decision of the holdout, judged by both without either having been shown to the maintainers. */
export interface PairedDecision {
  readonly candidateRight: boolean;
  readonly incumbentRight: boolean;
}

/** The discordant decisions: those that exactly one of the two got right. */
export interface Discordant {
  readonly candidateOnly: number;
  readonly incumbentOnly: number;
}

export type LookVerdict = 'promote' | 'keep' | 'not-enough-evidence';

export interface LookResult extends Discordant {
  readonly look: Look;
  /** One-sided exact McNemar. */
  readonly pValue: number;
  readonly verdict: LookVerdict;
}

export interface GateResult {
  /** `wait`: the next look is not due yet. */
  readonly verdict: LookVerdict | 'wait';
  /** The looks that were due, in order; the last one decided. */
  readonly looks: readonly LookResult[];
  /** Decisions still to be labelled before the next look; 0 when there is none. */
  readonly missing: number;
}

/**
 * @param pairs the epoch's decisions in the order in which they were made
 * @param candidates how many candidates share the epoch's level, at least 1; each then has its part of it
 */
export function runGate(pairs: readonly PairedDecision[], candidates = 1): GateResult {
  const looks: LookResult[] = [];
  for (const look of looksFor(candidates)) {
    if (pairs.length < look.decisions) break;
    const result = takeLook(look, countDiscordant(pairs.slice(0, look.decisions)));
    looks.push(result);
    if (result.verdict === 'promote') break;
  }
  const last = looks.at(-1);
  const next = last?.verdict === 'promote' ? undefined : LOOKS[looks.length];
  return {
    verdict: next ? 'wait' : (last?.verdict ?? 'wait'),
    looks,
    missing: next ? next.decisions - pairs.length : 0,
  };
}

/** The looks of one of several candidates that share the level. */
export function looksFor(candidates: number): Look[] {
  return LOOKS.map((look) => ({ ...look, alpha: look.alpha / candidates }));
}

/** What one look says of these counts. */
export function takeLook(look: Look, counts: Discordant): LookResult {
  const { candidateOnly, incumbentOnly } = counts;
  const pValue = exactMcNemarOneSided(candidateOnly, incumbentOnly);
  return { ...counts, look, pValue, verdict: verdictOf(look, counts, pValue) };
}

function verdictOf(look: Look, { candidateOnly, incumbentOnly }: Discordant, pValue: number): LookVerdict {
  if (candidateOnly + incumbentOnly < LEAST_DISCORDANT) return 'not-enough-evidence';
  return pValue <= look.alpha ? 'promote' : 'keep';
}

export function countDiscordant(pairs: readonly PairedDecision[]): Discordant {
  return {
    candidateOnly: pairs.filter((pair) => pair.candidateRight && !pair.incumbentRight).length,
    incumbentOnly: pairs.filter((pair) => pair.incumbentRight && !pair.candidateRight).length,
  };
}

/**
 * The true difference in accuracy that the last look finds with a chance of 80 %, were the discordance what it was so far.
 * @returns null when no difference would be found, or none has been seen to compute from
 */
export function detectableDifference(pairs: readonly PairedDecision[], candidates = 1): number | null {
  const last = looksFor(candidates).at(-1);
  if (!last || pairs.length === 0) return null;
  const { candidateOnly, incumbentOnly } = countDiscordant(pairs);
  const discordance = (candidateOnly + incumbentOnly) / pairs.length;
  // The two-sided test at twice the level is the one-sided test at this one.
  return minimumDetectableEffect(last.decisions, discordance, { alpha: 2 * last.alpha, power: POWER });
}
