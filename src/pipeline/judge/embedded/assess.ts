/**
 * One strength and one weakness a proposal: what its features say most strongly that no other proposal is told.
 */
import type { Assessment } from '../types.ts';
import type { Analysed } from './features.ts';
import { strengthOf, weaknessOf } from './phrases.ts';
import { FEATURE_NAMES, type FeatureName, type Weights } from './weights.ts';

/** Features by what they add to a proposal's utility, best first; ties in the order of weights.ts. */
function ranked(proposal: Analysed, weights: Weights): FeatureName[] {
  const contribution = (name: FeatureName) => proposal.vector[name] * weights[name];
  return [...FEATURE_NAMES].sort((a, b) => contribution(b) - contribution(a));
}

/** One row a proposal, in posting order. `probabilities` is in the same order. */
export function assess(
  proposals: readonly Analysed[],
  probabilities: readonly number[],
  weights: Weights,
): Assessment[] {
  const used = new Set<string>();
  return proposals.map((proposal, index) => {
    const order = ranked(proposal, weights);
    return {
      number: proposal.read.candidate.number,
      strength: pick(order, (name) => strengthOf(name, proposal, proposals), used) ?? plainStrength(proposal),
      weakness:
        pick(order.toReversed(), (name) => weaknessOf(name, proposal, proposals), used) ??
        plainWeakness(proposal),
      probability: probabilities[index] ?? 0,
    };
  });
}

/** The first phrase that nobody was told yet, otherwise the first one at all. */
function pick(
  order: readonly FeatureName[],
  phrase: (name: FeatureName) => string | null,
  used: Set<string>,
): string | null {
  const phrases = order.map(phrase).filter((text) => text !== null);
  const chosen = phrases.slice(0, 4).find((text) => !used.has(text)) ?? phrases[0];
  if (chosen === undefined) return null;
  used.add(chosen);
  return sentence(chosen);
}

/** Plain text with a capital and a full stop; backticks would show as such in a table cell of plain text. */
function sentence(phrase: string): string {
  const plain = phrase.replaceAll('`', '').replace(/\s+/g, ' ').trim();
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}${/[.!?…]"?$/.test(plain) ? '' : '.'}`;
}

function plainStrength({ facts }: Analysed): string {
  if (facts.change.length > 0) return 'Says in words what to change.';
  return facts.cause.length > 0 ? 'Names a cause to start from.' : 'Short to read.';
}

function plainWeakness({ facts }: Analysed): string {
  if (facts.credited.length === 0) return 'Says nothing about this issue that could be checked.';
  return facts.tests.length > 0 ? 'Weighs no other way of doing it.' : 'Does not say how it was tested.';
}
