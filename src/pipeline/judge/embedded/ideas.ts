/**
 * Ideas: claims of different proposals that say the same thing. Sentences are TF-IDF vectors over stems and
 * code identifiers (Salton & Buckley 1988); in the order in which they were made, each joins the most similar
 * earlier claim's cluster or founds its own. A cluster's founder had the idea first.
 */
import type { Claim, Moment, ReadCandidate } from './authorship.ts';
import { contentStems } from './text.ts';

export interface Holding {
  readonly index: number;
  readonly since: Moment;
}

export interface Idea {
  /** The sentence that stated it first. */
  readonly text: string;
  readonly role: Claim['sentence']['role'];
  readonly identifiers: readonly string[];
  /** Who holds it, by time; the first one is its founder. One entry a candidate. */
  readonly holders: readonly Holding[];
}

/** Sparse vector, length 1. */
export type Vector = ReadonlyMap<string, number>;

/** Cosine from which two sentences count as one idea; checked on threads written for the project. */
const SAME_IDEA = 0.45;
/** An identifier says more about what is changed than a word does. */
const IDENTIFIER_WEIGHT = 2;
/** Words of the issue are in every proposal, whatever its idea. */
const ISSUE_WORD_WEIGHT = 0.5;
/** Claims a proposal can bring in: enough for a long one, and a bound for the hostile. */
const MAX_CLAIMS = 48;

export interface TermWeights {
  readonly weightOf: (term: string) => number;
}

/** Inverse document frequency over the thread's proposals: ln(1 + n / df). */
export function termWeights(thread: readonly ReadCandidate[], issueText: string): TermWeights {
  const frequency = new Map<string, number>();
  for (const { claims } of thread) {
    for (const term of new Set(claims.flatMap(({ sentence }) => sentence.terms)))
      frequency.set(term, (frequency.get(term) ?? 0) + 1);
  }
  const issue = new Set(contentStems(issueText));
  const weightOf = (term: string) => {
    const idf = Math.log(1 + thread.length / (frequency.get(term) ?? 1));
    if (term.startsWith('#')) return idf * IDENTIFIER_WEIGHT;
    return issue.has(term) ? idf * ISSUE_WORD_WEIGHT : idf;
  };
  return { weightOf };
}

export function vectorOf(terms: readonly string[], weights: TermWeights): Vector {
  const vector = new Map<string, number>();
  for (const term of new Set(terms)) vector.set(term, weights.weightOf(term));
  const length = Math.hypot(...vector.values()) || 1;
  for (const [term, value] of vector) vector.set(term, value / length);
  return vector;
}

export function cosine(a: Vector, b: Vector): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let sum = 0;
  for (const [term, value] of small) sum += value * (large.get(term) ?? 0);
  return sum;
}

interface Cluster {
  readonly founder: Claim;
  readonly holders: Map<number, Holding>;
}

interface DatedClaim {
  readonly claim: Claim;
  readonly index: number;
}

/** The thread's ideas in the order in which they were first stated. */
export function findIdeas(thread: readonly ReadCandidate[], weights: TermWeights): Idea[] {
  const clusters: Cluster[] = [];
  const postings = new Map<string, { cluster: number; value: number }[]>();
  for (const { claim, index } of claimsInOrder(thread)) {
    const vector = vectorOf(claim.sentence.terms, weights);
    const cluster = clusters[nearest(vector, postings) ?? -1];
    if (cluster === undefined) {
      for (const [term, value] of vector) appendPosting(postings, term, { cluster: clusters.length, value });
      clusters.push({ founder: claim, holders: new Map([[index, { index, since: claim.since }]]) });
    } else if (!cluster.holders.has(index)) cluster.holders.set(index, { index, since: claim.since });
  }
  return clusters.map(({ founder, holders }) => ({
    text: founder.sentence.text,
    role: founder.sentence.role,
    identifiers: founder.sentence.identifiers,
    holders: [...holders.values()],
  }));
}

function claimsInOrder(thread: readonly ReadCandidate[]): DatedClaim[] {
  const dated = thread.flatMap(({ claims }, index) =>
    claims
      .filter(isClaim)
      .slice(0, MAX_CLAIMS)
      .map((claim) => ({ claim, index })),
  );
  return dated.sort((a, b) => a.claim.since.order - b.claim.since.order);
}

/** Only sentences that say something definite make an idea; restating the problem is nobody's. */
function isClaim({ sentence, restatesIssue }: Claim): boolean {
  if (sentence.role === 'problem' || restatesIssue) return false;
  return sentence.identifiers.length > 0 || sentence.stems.length >= 5;
}

function appendPosting<T>(postings: Map<string, T[]>, term: string, posting: T): void {
  const list = postings.get(term);
  if (list === undefined) postings.set(term, [posting]);
  else list.push(posting);
}

/** The cluster whose founding sentence is most similar, null when none is similar enough. */
function nearest(
  vector: Vector,
  postings: ReadonlyMap<string, { cluster: number; value: number }[]>,
): number | null {
  const scores = new Map<number, number>();
  for (const [term, value] of vector) {
    for (const posting of postings.get(term) ?? []) {
      scores.set(posting.cluster, (scores.get(posting.cluster) ?? 0) + value * posting.value);
    }
  }
  let best: number | null = null;
  let bestScore = SAME_IDEA;
  for (const [cluster, score] of scores) {
    if (score > bestScore) [best, bestScore] = [cluster, score];
  }
  return best;
}
