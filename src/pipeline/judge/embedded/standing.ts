/**
 * How a proposal stands among the others: what it had first, what it took over, who else agrees with it.
 */
import type { Claim, ReadCandidate } from './authorship.ts';
import { cosine, type Idea, type TermWeights, type Vector, vectorOf } from './ideas.ts';

/** All 0 to 1. The names are those of the features. */
export interface Standing {
  readonly pioneered: number;
  readonly support: number;
  readonly novelty: number;
  readonly lateDuplicate: number;
  readonly copied: number;
  readonly lateEdits: number;
}

/** Cosines of whole plans: under `apart` they are different, from `same` on they are one. */
const PLAN = { apart: 0.2, same: 0.7 } as const;

export function standingsOf(
  thread: readonly ReadCandidate[],
  ideas: readonly Idea[],
  weights: TermWeights,
): Standing[] {
  const plans = thread.map((read) => planVector(read, weights));
  return thread.map((read, index) => {
    const held = heldBy(index, ideas, thread);
    const similarities = plans.map((plan, other) =>
      other === index ? 0 : planSimilarity(plans[index], plan),
    );
    return {
      pioneered: held.pioneered / (held.pioneered + held.followed + 2),
      support: support(read, similarities, thread),
      novelty: 1 - Math.exp(-held.unique / 3),
      lateDuplicate: lateDuplicate(read, index, thread, similarities, held),
      copied: copiedShare(read),
      lateEdits: lateEditShare(read),
    };
  });
}

/** Who the proposal's words were taken from most, null when from nobody. */
export function mainSource(read: ReadCandidate): number | null {
  const counts = new Map<number, number>();
  for (const { copiedFrom } of [...read.claims, ...read.codes]) {
    if (copiedFrom !== null) counts.set(copiedFrom, (counts.get(copiedFrom) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Mean over the other authors of how similar the closest of their plans is: nobody supports a plan of their own. */
function support(
  { voice }: ReadCandidate,
  similarities: readonly number[],
  thread: readonly ReadCandidate[],
): number {
  const closest = new Map<number, number>();
  for (const [other, similarity] of similarities.entries()) {
    const speaker = thread[other]?.voice ?? other;
    if (speaker !== voice) closest.set(speaker, Math.max(similarity, closest.get(speaker) ?? 0));
  }
  return sum([...closest.values()]) / Math.max(1, closest.size);
}

interface Held {
  /** Ideas it had first and others hold too. */
  readonly pioneered: number;
  /** Ideas that another proposal had first. */
  readonly followed: number;
  /** Ideas about code that nobody else holds. */
  readonly unique: number;
}

function heldBy(index: number, ideas: readonly Idea[], thread: readonly ReadCandidate[]): Held {
  const voice = thread[index]?.voice;
  const isShared = ({ holders }: Idea) => holders.some((holder) => thread[holder.index]?.voice !== voice);
  const held = ideas.filter(({ holders }) => holders.some((holder) => holder.index === index));
  const first = held.filter(({ holders }) => holders[0]?.index === index);
  const shared = first.filter(isShared).length;
  const unique = first.filter((idea) => !isShared(idea) && idea.identifiers.length > 0).length;
  return { pioneered: shared, followed: held.length - first.length, unique };
}

/** Terms of cause and change: what makes two proposals one plan. */
function planVector({ claims }: ReadCandidate, weights: TermWeights): Vector {
  const plan = claims
    .filter(({ sentence }) => sentence.role === 'cause' || sentence.role === 'change')
    .slice(0, 60);
  return vectorOf(
    plan.flatMap(({ sentence }) => sentence.terms),
    weights,
  );
}

function planSimilarity(a: Vector | undefined, b: Vector): number {
  const similarity = a === undefined ? 0 : cosine(a, b);
  return Math.max(0, Math.min(1, (similarity - PLAN.apart) / (PLAN.same - PLAN.apart)));
}

/** The most similar earlier plan, weighed with the share of ideas that others had first. */
function lateDuplicate(
  read: ReadCandidate,
  index: number,
  thread: readonly ReadCandidate[],
  similarities: readonly number[],
  held: Held,
): number {
  const since = planSince(read);
  const earlier = similarities.filter(
    (_, other) => other !== index && (thread[other]?.posted.order ?? 0) < since,
  );
  const followedShare = held.followed / Math.max(1, held.followed + held.pioneered + held.unique);
  return earlier.length === 0 ? 0 : 0.5 * Math.max(...earlier) + 0.5 * followedShare;
}

/** When most of the plan stood: an author who posted early and wrote the plan later is as late as the plan. */
function planSince({ claims, posted }: ReadCandidate): number {
  const orders = claims.map(({ since }) => since.order).sort((a, b) => a - b);
  return orders[Math.floor(orders.length / 2)] ?? posted.order;
}

/** The proposal's place in the thread, from 1: one more than the others posted before most of its plan stood. */
export function effectivePosition(read: ReadCandidate, thread: readonly ReadCandidate[]): number {
  const since = planSince(read);
  return 1 + thread.filter((other) => other !== read && other.posted.order < since).length;
}

/** Share of the words, in sentences and code lines, that an earlier text of somebody else held. */
function copiedShare({ claims, codes }: ReadCandidate): number {
  const words = ({ sentence }: Claim) => sentence.key.split(' ').length;
  const prose = claims.map((claim) => ({ size: words(claim), copied: claim.copiedFrom !== null }));
  const code = codes.map(({ block, copiedFrom }) => ({ size: 4 * block.lines, copied: copiedFrom !== null }));
  const all = [...prose, ...code];
  return (
    sum(all.filter(({ copied }) => copied).map(({ size }) => size)) /
    Math.max(1, sum(all.map(({ size }) => size)))
  );
}

/** Share of the sentences that came in after a later proposal had been posted. */
function lateEditShare({ claims, posted }: ReadCandidate): number {
  const late = claims.filter(({ since }) => since.order >= posted.order + 1).length;
  return late / Math.max(1, claims.length);
}
