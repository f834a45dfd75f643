import { describe, expect, it } from 'vitest';
import { checkVerdict } from '../../../src/pipeline/decision/check-verdict.ts';
import { freezeSnapshot, type ProposalHistory } from '../../../src/pipeline/decision/snapshot.ts';
import { createEmbeddedJudge } from '../../../src/pipeline/judge/embedded/judge.ts';

const thread = { repository: 'acme/widgets', issue: { number: 1, title: 'Menu', body: 'It closes.' } };
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));

function proposal(number: number, commentId: number, texts: [string, number | null][]): ProposalHistory {
  return {
    number,
    commentId,
    authorLogin: `author-${number}`,
    url: `https://github.com/acme/widgets/issues/1#issuecomment-${commentId}`,
    postedAt: at(0),
    revisions: texts.map(([body, minute]) => ({
      hash: `hash of ${body}`,
      body,
      visibleAt: minute === null ? null : at(minute),
    })),
  };
}

describe('freezeSnapshot', () => {
  const history = [
    proposal(2, 20, [['second', 2]]),
    proposal(1, 10, [
      ['first', 1],
      ['first, edited late', 9],
    ]),
    proposal(3, 90, [['too late', 9]]),
  ];

  it('holds what stood there when the command was given, in posting order', () => {
    const { input } = freezeSnapshot(thread, history, { commentId: 50, at: at(5) });
    expect(input.candidates.map(({ number, body }) => [number, body])).toEqual([
      [1, 'first'],
      [2, 'second'],
    ]);
  });

  it('keeps the only text it has when the earlier one was never seen', () => {
    const { input } = freezeSnapshot(thread, [proposal(1, 10, [['edited', 9]])], {
      commentId: 50,
      at: at(5),
    });
    expect(input.candidates[0]?.body).toBe('edited');
  });

  it('takes everything without a command', () => {
    expect(freezeSnapshot(thread, history, null).input.candidates.map(({ body }) => body)).toEqual([
      'first, edited late',
      'second',
      'too late',
    ]);
  });

  it('is named by what was judged: another text has another hash', () => {
    const early = freezeSnapshot(thread, history, { commentId: 50, at: at(5) }).hash;
    expect(early).toMatch(/^[0-9a-f]{64}$/);
    expect(freezeSnapshot(thread, history, { commentId: 50, at: at(6) }).hash).toBe(early);
    expect(freezeSnapshot(thread, history, { commentId: 50, at: at(9) }).hash).not.toBe(early);
    const issue = { ...thread.issue, title: 'Another' };
    expect(freezeSnapshot({ ...thread, issue }, history, { commentId: 50, at: at(5) }).hash).not.toBe(early);
  });
});

describe('checkVerdict', () => {
  const { input } = freezeSnapshot(
    thread,
    [proposal(1, 10, [['## Proposal\nUse mouseup in `menu.ts`.', 1]])],
    null,
  );

  it('lets an honest verdict pass', async () => {
    const verdict = await createEmbeddedJudge().judge(input);
    expect(() => checkVerdict(verdict, input)).not.toThrow();
  });

  it.each([
    ['a choice that is not there', { chosen: 7, abstained: false }],
    ['a choice and an abstention at once', { chosen: 1, abstained: true }],
    ['neither', { chosen: null, abstained: false }],
    ['an impossible confidence', { confidence: Number.NaN }],
    ['a forced choice that is not there', { forcedChoice: 7 }],
    [
      'an assessment of a stranger',
      { assessments: [{ number: 7, strength: '', weakness: '', probability: 1 }] },
    ],
  ])('refuses %s', async (_name, change) => {
    const verdict = await createEmbeddedJudge().judge(input);
    expect(() => checkVerdict({ ...verdict, ...change }, input)).toThrow(/cannot be used/);
  });
});
