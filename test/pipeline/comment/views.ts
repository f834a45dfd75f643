import type { DecisionView, VerdictView } from '../../../src/pipeline/comment/views.ts';

/** A decision between three proposals, as the tests vary it. */

export const proposals = [
  {
    number: 1,
    authorLogin: 'alice',
    url: 'https://github.com/acme/app/issues/7#issuecomment-101',
    revisionHash: 'a1b2c3d4e5f6',
  },
  {
    number: 2,
    authorLogin: 'bob-dev',
    url: 'https://github.com/acme/app/issues/7#issuecomment-102',
    revisionHash: 'b2c3d4e5f6a1',
  },
  {
    number: 4,
    authorLogin: 'helper[bot]',
    url: 'https://github.com/acme/app/issues/7#issuecomment-104',
    revisionHash: 'c3d4e5f6a1b2',
  },
] as const;

export const verdict: VerdictView = {
  judge: 'model',
  model: 'swe-manager-8b-2026-11',
  promptVersion: 'choose-3',
  votePolicy: 'majority of 5',
  chosen: 2,
  abstained: false,
  abstainReason: null,
  wouldDecide: 'A test that reloads the page between the two saves.',
  confidence: 0.8,
  calibrated: false,
  explanation:
    'Proposal 2 names the cause: the draft is written after the route has changed, so `saveDraft()` gets the new ' +
    'report. Proposal 1 only hides the symptom. Unlike @alice, it keeps #12 closed.',
  goldenProposal:
    '# Plan\n\n1. Save the draft before navigating\n2. Keep the guard of proposal 1\n\n```ts\nawait saveDraft();\n' +
    "navigate('/r');\n```\n\nFixes #12",
  assessments: [
    {
      number: 1,
      strength: 'Small change',
      weakness: 'Hides the symptom | leaves the race',
      probability: 0.15,
    },
    { number: 2, strength: 'Right root cause, `saveDraft()` first', weakness: 'No test', probability: 0.8 },
    { number: 4, strength: 'Covers mobile', weakness: 'Rewrites the router', probability: 0.05 },
  ],
  votes: [
    { order: [1, 2, 4], chosen: 2, error: null },
    { order: [4, 2, 1], chosen: 2, error: null },
    { order: [2, 1, 4], chosen: 1, error: null },
    { order: [2, 4, 1], chosen: null, error: 'the answer was cut off' },
  ],
  ideas: [
    {
      idea: 'Save the draft before navigating',
      firstNumber: 2,
      firstAt: '2026-11-20T10:00:00Z',
      alsoIn: [{ number: 1, at: '2026-11-21T09:30:00Z' }],
    },
  ],
};

export const decision: DecisionView = {
  id: '0190a6f2-7a55-7c3e-9d57-3f1d2f0a9b11',
  decidedAt: '2026-11-24T01:55:56.123Z',
  outcome: { kind: 'judged', verdict },
  proposals,
  state: { kind: 'proposed' },
  ticks: { accept: false, wrong: false },
  newerProposals: [],
  explain: false,
  allowedLinks: new Set(),
};

export function judged(changes: Partial<VerdictView>, others: Partial<DecisionView> = {}): DecisionView {
  return { ...decision, ...others, outcome: { kind: 'judged', verdict: { ...verdict, ...changes } } };
}
