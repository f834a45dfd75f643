/** Threads written for the tests of the prompt. */
import type { JudgeInput } from '../../../../src/pipeline/judge/types.ts';

const SENTENCE =
  'The list keeps the stale row because the cache key leaves out the account that is selected now. ';

export interface ProposalText {
  readonly number?: number;
  readonly body: string;
}

export function inputOf(
  proposals: readonly ProposalText[],
  issue: Partial<JudgeInput['issue']> = {},
): JudgeInput {
  return {
    repository: 'acme/app',
    issue: {
      number: 7,
      title: 'Stale rows after switching accounts',
      body: 'Switch the account. The list still shows the old rows.',
      ...issue,
    },
    candidates: proposals.map(({ number, body }, index) => ({
      number: number ?? index + 1,
      authorLogin: `author${index}`,
      url: `https://github.com/acme/app/issues/7#issuecomment-${index}`,
      createdAt: null,
      body,
      revisions: [{ hash: String(index), body, at: null }],
    })),
  };
}

/** A proposal by the template, about `sentences` sentences long in each part. */
export function templateBody(sentences: number, word = 'alpha'): string {
  const part = (name: string) => `${name} ${word}. ${SENTENCE.repeat(sentences)}`.trim();
  return [
    '## Proposal',
    '### Please re-state the problem that we are trying to solve in this issue.',
    part('Restated'),
    '### What is the root cause of that problem?',
    part('Cause'),
    '### What changes do you think we should make in order to solve the problem?',
    part('Change'),
    '### What alternative solutions did you explore? (Optional)',
    part('Alternative'),
  ].join('\n\n');
}
