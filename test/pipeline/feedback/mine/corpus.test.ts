import { describe, expect, it } from 'vitest';
import { mine, PARTS, precision, readCorpus, reasonAccuracy, recall, score } from './corpus.ts';

const all = PARTS.flatMap(readCorpus);

describe('the miner on hand-labelled comments', () => {
  it('has at least 120 of them, a third without any signal', () => {
    expect(all.length).toBeGreaterThanOrEqual(120);
    const silent = all.filter(({ expected }) => expected.length === 0);
    expect(silent.length / all.length).toBeGreaterThan(0.25);
    expect(new Set(all.map(({ body }) => body)).size).toBe(all.length);
  });

  it.each([
    ['all', all],
    ['held-out', readCorpus('held-out')],
  ])('finds approvals with precision 0.95 and recall 0.85 on %s', (_part, comments) => {
    const { approval } = score(comments);
    expect(precision(approval)).toBeGreaterThanOrEqual(0.95);
    expect(recall(approval)).toBeGreaterThanOrEqual(0.85);
  });

  it('finds refusals, and that none is acceptable, almost as well', () => {
    const scores = score(all);
    expect(precision(scores.refusal)).toBeGreaterThanOrEqual(0.9);
    expect(recall(scores.refusal)).toBeGreaterThanOrEqual(0.8);
    expect(precision(scores['none acceptable'])).toBeGreaterThanOrEqual(0.9);
    expect(recall(scores['none acceptable'])).toBeGreaterThanOrEqual(0.8);
  });

  it('guesses wrong on no comment whose wording it never met', () => {
    expect(score(readCorpus('unseen')).approval.wrong).toBe(0);
  });

  it('names the reason class where the comment tells it', () => {
    const { right, of } = reasonAccuracy(all);
    expect(of).toBeGreaterThanOrEqual(8);
    expect(right / of).toBeGreaterThanOrEqual(0.8);
  });

  it.each(['quote', 'code', 'joke', 'sarcasm', 'question', 'conditional', 'report'])(
    'takes no approval from a %s',
    (kind) => {
      const traps = all.filter((comment) => comment.kind === kind);
      expect(traps.length).toBeGreaterThan(0);
      const approvals = traps.flatMap(mine).filter(({ polarity }) => polarity === 'accept');
      expect(approvals).toEqual([]);
    },
  );
});
