import type { LabelledThread } from '../../../src/pipeline/dataset/labelled-thread.ts';

export function candidate(number: number, authorLogin: string, body: string) {
  return {
    number,
    authorLogin,
    url: `https://github.com/acme/widgets/issues/1#issuecomment-${number}`,
    createdAt: null,
    body,
    revisions: [{ hash: 'h', body, at: null }],
  };
}

export const thread: LabelledThread = {
  snapshotId: '5f9b8c1e-0000-4000-8000-000000000001',
  snapshotHash: 'abc',
  input: {
    repository: 'acme/widgets',
    issue: { number: 1, title: '[$250] Menu closes', body: 'Reported by @reporter.' },
    candidates: [
      candidate(1, 'ann-lee', 'As ann-lee I would use mouseup.'),
      candidate(2, 'bob', 'Plan of bob.'),
      candidate(3, 'cyn', 'Delay the blur.'),
    ],
  },
  origin: 'command',
  flags: [],
  logins: ['ann-lee', 'bob', 'cyn'],
  label: { id: 'l', best: 1, reasonClass: 'technical', confidence: 0.66, exposed: true, signalIds: ['x'] },
  reason: null,
  decision: {
    id: 'd',
    judge: 'embedded',
    model: 'embedded-1',
    chosen: 1,
    explanation: 'Proposal 1 of ann-lee is right, proposals 2 and 3 are not.',
    golden: 'Use mouseup.',
    thinking: 'I weigh proposal 1 against proposal 3.',
  },
  distilled: [],
  changedNames: null,
  price: 250,
};
