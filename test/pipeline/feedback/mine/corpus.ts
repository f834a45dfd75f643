/**
 * The hand-labelled comments of test/fixtures/mining, and how well the miner reads them. Run this file for the
 * figures: `node test/pipeline/feedback/mine/corpus.ts`.
 */
import { readFileSync } from 'node:fs';
import { mineComment } from '../../../../src/pipeline/feedback/mine/mine.ts';
import type { MinedSignal } from '../../../../src/pipeline/feedback/mine/types.ts';

export interface LabelledComment {
  readonly id: number;
  /** What the comment is an example of: `link`, `author`, `refusal`, or the name of a trap. */
  readonly kind: string;
  readonly author: string;
  readonly body: string;
  readonly expected: readonly {
    readonly proposal: number | null;
    readonly polarity: 'accept' | 'reject';
    readonly reason?: string;
  }[];
}

export const PARTS = ['tuning', 'held-out', 'unseen'] as const;
export type Part = (typeof PARTS)[number];

/** The thread that all comments are about. */
export const PROPOSALS = ['dana-w', 'kofi-m', 'lucia-r', 'tomasz-k'].map((authorLogin, index) => ({
  number: index + 1,
  commentId: 1901 + index,
  authorLogin,
}));

export function readCorpus(part: Part): LabelledComment[] {
  const file = new URL(`../../../fixtures/mining/${part}.jsonl`, import.meta.url);
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LabelledComment);
}

export const mine = ({ body, author }: LabelledComment): MinedSignal[] =>
  mineComment({ id: 5000, body, authorLogin: author }, PROPOSALS);

export type SignalKind = 'approval' | 'refusal' | 'none acceptable';

export interface Score {
  right: number;
  wrong: number;
  missed: number;
}

export const precision = ({ right, wrong }: Score): number => right / (right + wrong);
export const recall = ({ right, missed }: Score): number => right / (right + missed);

/** Counts a signal as right when proposal and polarity are; reasons are counted by `reasonAccuracy`. */
export function score(comments: readonly LabelledComment[]): Record<SignalKind, Score> {
  const scores: Record<SignalKind, Score> = {
    approval: { right: 0, wrong: 0, missed: 0 },
    refusal: { right: 0, wrong: 0, missed: 0 },
    'none acceptable': { right: 0, wrong: 0, missed: 0 },
  };
  for (const comment of comments) {
    const found = new Set(mine(comment).map((one) => `${one.polarity} ${one.proposalNumber}`));
    const wanted = new Set(comment.expected.map((one) => `${one.polarity} ${one.proposal}`));
    for (const one of found) scores[kindOf(one)][wanted.has(one) ? 'right' : 'wrong'] += 1;
    for (const one of wanted) if (!found.has(one)) scores[kindOf(one)].missed += 1;
  }
  return scores;
}

function kindOf(key: string): SignalKind {
  if (key === 'accept null') return 'none acceptable';
  return key.startsWith('accept') ? 'approval' : 'refusal';
}

/** Share of the found signals with a labelled reason whose reason class is that one. */
export function reasonAccuracy(comments: readonly LabelledComment[]): { right: number; of: number } {
  const pairs = comments.flatMap((comment) => {
    const mined = mine(comment);
    return comment.expected.flatMap(({ proposal, polarity, reason }) => {
      const found = mined.find((one) => one.proposalNumber === proposal && one.polarity === polarity);
      return reason === undefined || found === undefined ? [] : [found.reasonClass === reason];
    });
  });
  return { right: pairs.filter(Boolean).length, of: pairs.length };
}

if (import.meta.main) {
  for (const part of [...PARTS, 'all'] as const) {
    const comments = part === 'all' ? PARTS.flatMap(readCorpus) : readCorpus(part);
    console.log(`${part}: ${comments.length} comments`);
    for (const [kind, one] of Object.entries(score(comments))) {
      const [p, r] = [precision(one), recall(one)].map((value) => value.toFixed(2));
      console.log(
        `  ${kind}: precision ${p}, recall ${r} (${one.right} right, ${one.wrong} wrong, ${one.missed} missed)`,
      );
    }
    const reasons = reasonAccuracy(comments);
    console.log(`  reason class: ${reasons.right} of ${reasons.of}`);
  }
}
