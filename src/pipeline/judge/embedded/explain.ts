/**
 * Why the first and not the second, in words: the features that add most to the difference, each with what both
 * proposals show in it; then what speaks for the second; then why not the others.
 */
import { type Analysed, isPlan } from './features.ts';
import { strengthOf, weaknessOf } from './phrases.ts';
import { FEATURE_NAMES, type FeatureName, HAND_WEIGHTS, type Weights } from './weights.ts';

/** Log-odds under which a difference is not worth a sentence. */
const WORTH_SAYING = 0.04;
const MAX_REASONS = 3;

export interface Ranking {
  /** Best first; ties in posting order. */
  readonly order: readonly Analysed[];
  /** The thread in posting order. */
  readonly thread: readonly Analysed[];
}

/**
 * Features by how much they favour `a` over `b`, in log-odds, largest first. Without those whose weight a refit has
 * turned around: the words about them say what speaks for a proposal by the hand weights.
 */
export function differences(
  a: Analysed,
  b: Analysed,
  weights: Weights,
): { name: FeatureName; gap: number }[] {
  return FEATURE_NAMES.filter((name) => weights[name] * HAND_WEIGHTS[name] > 0)
    .map((name) => ({ name, gap: weights[name] * (a.vector[name] - b.vector[name]) }))
    .sort((x, y) => y.gap - x.gap);
}

const name = (proposal: Analysed): string => `proposal ${proposal.read.candidate.number}`;

export function explain(
  { order, thread }: Ranking,
  weights: Weights,
  outcome: 'chosen' | 'close' | 'unacceptable',
): string {
  const [first, second] = order;
  if (first === undefined) return 'There is no proposal to judge.';
  if (outcome === 'unacceptable') return unacceptable(order, thread, weights);
  const lead =
    outcome === 'chosen'
      ? `**Proposal ${first.read.candidate.number}** is the one to take.`
      : closeLead(order);
  if (second === undefined) return `${lead}\n\n${alone(first, thread)}`;
  const reasons = reasonsFor(first, second, thread, weights);
  const intro = `What sets ${outcome === 'chosen' ? 'it' : name(first)} apart from ${name(second)}:`;
  const why = reasons.length === 0 ? '' : `${intro}\n\n${reasons.map((reason) => `- ${reason}`).join('\n')}`;
  const against = inFavourOf(second, first, thread, weights);
  const others = outcome === 'chosen' ? othersLines(order.slice(2), thread, weights) : '';
  return [lead, why, against, others].filter((part) => part !== '').join('\n\n');
}

function closeLead([first, second]: readonly Analysed[]): string {
  if (first === undefined || second === undefined) return '';
  const [low, high] = [first, second].map((p) => p.read.candidate.number).sort((a, b) => a - b);
  return `Proposals ${low} and ${high} are too close to call from their text.`;
}

function alone(only: Analysed, thread: readonly Analysed[]): string {
  const good = firstPhrase(['causeToChange', 'concreteness', 'rootCause', 'evidence'], (n) =>
    strengthOf(n, only, thread),
  );
  const bad = firstPhrase(['concreteness', 'causeToChange', 'rootCause', 'edgeCases'], (n) =>
    weaknessOf(n, only, thread),
  );
  const praise = good === null ? '' : ` It ${good}.`;
  return `It is the only proposal.${praise}${bad === null ? '' : ` It ${bad}.`}`;
}

function firstPhrase(
  order: readonly FeatureName[],
  phrase: (name: FeatureName) => string | null,
): string | null {
  return order.map(phrase).find((text) => text !== null) ?? null;
}

/** "It …, while proposal 1 …": the contrast where both sides have something to say. */
function reasonsFor(a: Analysed, b: Analysed, thread: readonly Analysed[], weights: Weights): string[] {
  const reasons: string[] = [];
  for (const { name: feature, gap } of differences(a, b, weights)) {
    if (gap < WORTH_SAYING || reasons.length >= MAX_REASONS) break;
    const reason = feature === 'order' ? earlier(a, b, thread) : contrast(feature, a, b, thread);
    if (reason !== null) reasons.push(reason);
  }
  return reasons;
}

function contrast(
  feature: FeatureName,
  a: Analysed,
  other: Analysed,
  thread: readonly Analysed[],
): string | null {
  const good = strengthOf(feature, a, thread);
  const bad = weaknessOf(feature, other, thread);
  if (good === null && bad === null) return null;
  if (good === null) return `${capital(name(other))} ${bad}.`;
  return bad === null ? `It ${good}.` : `It ${good}, while ${name(other)} ${bad}.`;
}

function earlier(a: Analysed, b: Analysed, thread: readonly Analysed[]): string | null {
  const good = strengthOf('order', a, thread);
  if (good !== null) return `It ${good}.`;
  return thread.indexOf(a) < thread.indexOf(b)
    ? `It was posted before ${name(b)}.`
    : `${capital(name(b))} got its plan only by a later edit.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function inFavourOf(b: Analysed, a: Analysed, thread: readonly Analysed[], weights: Weights): string {
  for (const { name: feature, gap } of differences(b, a, weights)) {
    if (gap < WORTH_SAYING) break;
    const good = strengthOf(feature, b, thread);
    if (good !== null) return `${capital(name(b))} has this over it: it ${good}.`;
  }
  return '';
}

const MAX_OTHERS = 8;

/** One line for each of the rest, in posting order: its heaviest weakness. Posting late is a reason only without a better one. */
function othersLines(rest: readonly Analysed[], thread: readonly Analysed[], weights: Weights): string {
  const lines = thread
    .filter((proposal) => rest.slice(0, MAX_OTHERS).includes(proposal))
    .flatMap((proposal) => {
      const bad = heaviestWeakness(proposal, thread, weights);
      return bad === null ? [] : [`- ${capital(name(proposal))} ${bad}.`];
    });
  return lines.length === 0 ? '' : `Why not the others:\n\n${lines.join('\n')}`;
}

function heaviestWeakness(proposal: Analysed, thread: readonly Analysed[], weights: Weights): string | null {
  const cost = (feature: FeatureName) => proposal.vector[feature] * weights[feature];
  const worst = FEATURE_NAMES.filter((feature) => feature !== 'order' && cost(feature) < 0);
  worst.sort((x, y) => cost(x) - cost(y));
  return firstPhrase([...worst, 'order'], (feature) => weaknessOf(feature, proposal, thread));
}

const MISSING: readonly FeatureName[] = [
  'emptySections',
  'concreteness',
  'rootCause',
  'substance',
  'persuasion',
  'coverage',
];

/** What each lacks; of one that is a plan and came out behind all the same, what put it there. */
function unacceptable(order: readonly Analysed[], thread: readonly Analysed[], weights: Weights): string {
  const lines = order.slice(0, 8).map((proposal) => {
    const bad = isPlan(proposal)
      ? heaviestWeakness(proposal, thread, weights)
      : firstPhrase(MISSING, (feature) => weaknessOf(feature, proposal, thread));
    return `- ${capital(name(proposal))} ${bad ?? 'gives nothing that could be implemented'}.`;
  });
  return `No proposal is good enough to implement.\n\n${lines.join('\n')}`;
}
