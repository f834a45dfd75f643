import { expect, it } from 'vitest';
import { detectionReport } from '../../../src/pipeline/proposals/quality.ts';
import { comment, thread } from './threads.ts';

it('reports recall and precision against listed candidates', () => {
  const comments = [
    comment(1, '## Proposal\nx'),
    comment(2, 'write it later'),
    comment(3, '## Proposal\nnot listed'),
    comment(4, 'chatter'),
  ];
  const report = detectionReport([
    { thread: thread(comments, [1, 2]), acceptedIds: [2] },
    { thread: thread(comments, null), acceptedIds: [1] },
  ]);
  expect(report).toEqual({
    threads: 1,
    comments: 4,
    unlisted: 2,
    listed: 2,
    detected: 2,
    correct: 1,
    recall: 0.5,
    precision: 0.5,
    accepted: 1,
    acceptedDetected: 0,
    acceptedRecall: 0,
    missed: [{ url: comments[1]?.url, accepted: true }],
    extra: [{ url: comments[2]?.url }],
  });
});

it('says null where there is nothing to divide by', () => {
  expect(detectionReport([])).toMatchObject({ recall: null, precision: null, acceptedRecall: null });
});
