import { describe, expect, it } from 'vitest';
import { createAnonymiser } from '../../../src/pipeline/dataset/anonymise.ts';
import { hasConsent } from '../../../src/pipeline/dataset/consent.ts';
import { buildRow, type LabelledDecision } from '../../../src/pipeline/dataset/row.ts';

const candidate = (number: number, authorLogin: string, body: string) => ({
  number,
  authorLogin,
  url: `https://github.com/acme/widgets/issues/1#issuecomment-${number}`,
  createdAt: null,
  body,
  revisions: [{ hash: 'h', body, at: null }],
});

const decision: LabelledDecision = {
  decisionId: 'd',
  snapshotId: 's',
  snapshotHash: 'abc',
  input: {
    repository: 'acme/widgets',
    issue: { number: 1, title: '[$250] Menu closes', body: 'Reported by @reporter.' },
    candidates: [
      candidate(1, 'ann-lee', 'As ann-lee I would use mouseup.'),
      candidate(2, 'bob', 'Plan of bob.'),
    ],
  },
  best: 1,
  reasonClass: 'unknown',
  weight: 0.66,
  exposed: true,
  labelId: 'l',
  signalIds: ['x'],
  judged: {
    chosen: 1,
    explanation: 'ann-lee is right',
    goldenProposal: 'Use mouseup.',
    thinking: '',
    model: 'm',
  },
  reason: null,
  price: 250,
};

describe('buildRow', () => {
  it('keeps the contract of the rows', () => {
    const row = buildRow(decision, 'grpo');
    expect(row.messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(row).toMatchObject({ best_proposal_id: 1, golden_proposal: 'Use mouseup.', price: 250, cot: '' });
    const remapped = ['answer', 'output', 'text', 'content', 'solution', 'prompt'];
    expect(Object.keys(row).filter((key) => remapped.includes(key))).toEqual([]);
  });

  it('ends an SFT row with the answer as one JSON object', () => {
    const last = buildRow(decision, 'sft').messages.at(-1);
    expect(last?.role).toBe('assistant');
    expect(JSON.parse(last?.content ?? '')).toMatchObject({
      best_proposal_id: 1,
      golden_proposal: 'Use mouseup.',
    });
  });

  it('does not teach words that argued for the wrong proposal', () => {
    const row = buildRow({ ...decision, best: 2 }, 'sft');
    expect(row.explanation).not.toContain('is right');
    expect(row.golden_proposal).toBe('Plan of a contributor.');
    expect(buildRow({ ...decision, best: null }, 'sft')).toMatchObject({
      best_proposal_id: null,
      golden_proposal: '',
    });
  });

  it('names nobody', () => {
    expect(JSON.stringify(buildRow(decision, 'sft'))).not.toMatch(/ann-lee|@reporter|\bbob\b/);
  });
});

describe('createAnonymiser', () => {
  const anonymise = createAnonymiser(['ann-lee', 'a.b[bot]']);

  it.each([
    ['thanks @ann-lee!', 'thanks a contributor!'],
    ['mail me at ann@example.org', 'mail me at ann@example.org'],
    ['`@types/node` stays', '`@types/node` stays'],
    ['see https://github.com/ann-lee.', 'see a contributor.'],
    ['joann-lee is another word', 'joann-lee is another word'],
  ])('%s', (text, expected) => {
    expect(anonymise(text)).toBe(expected);
  });

  it('takes long hostile text in its stride', () => {
    const started = performance.now();
    for (const piece of ['@', '@a-', 'https://github.com/', 'a-'])
      anonymise(piece.repeat(65_536 / piece.length));
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('hasConsent', () => {
  it.each([
    [{ isPrivate: false, configuredConsent: null }, false, false],
    [{ isPrivate: false, configuredConsent: null }, true, true],
    [{ isPrivate: true, configuredConsent: null }, true, false],
    [{ isPrivate: true, configuredConsent: true }, false, true],
    [{ isPrivate: false, configuredConsent: false }, true, false],
  ])('%j with the operator’s %s is %s', (repository, operator, expected) => {
    expect(hasConsent(repository, operator)).toBe(expected);
  });
});
