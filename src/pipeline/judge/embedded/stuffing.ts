/** Text written for a judge instead of a reader, by what it is stuffed with. */
import type { ReadCandidate } from './authorship.ts';
import type { Facts } from './facts.ts';

export const STUFFING_KINDS = ['repeats', 'lists', 'offTopic', 'code', 'headings', 'links'] as const;
export type StuffingKind = (typeof STUFFING_KINDS)[number];

/** Shares and excesses, 0 or more each; a short proposal is measured as if it had six sentences. */
export function stuffingByKind(
  { document }: ReadCandidate,
  facts: Facts,
): Readonly<Record<StuffingKind, number>> {
  const { sentences, repeats, headings, codes } = document;
  const total = Math.max(6, sentences.length + repeats);
  const credited = facts.credited.length;
  return {
    repeats: repeats / total,
    lists: (2 * facts.keywordLists) / total,
    offTopic: Math.max(0, facts.offTopic / total - 0.5),
    code: Math.max(0, codes.length - credited - 2) / 6,
    headings: Math.max(0, headings - credited - 6) / 10,
    links: facts.unexplainedLinks / 10,
  };
}

/** All kinds together, cut at 1. */
export function stuffing(read: ReadCandidate, facts: Facts): number {
  const kinds = stuffingByKind(read, facts);
  return Math.min(
    1,
    STUFFING_KINDS.reduce((sum, kind) => sum + kinds[kind], 0),
  );
}
