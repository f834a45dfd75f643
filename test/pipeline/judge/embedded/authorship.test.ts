import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/pipeline/judge/embedded/features.ts';
import { createEmbeddedJudge } from '../../../../src/pipeline/judge/embedded/judge.ts';
import type { Candidate, JudgeInput } from '../../../../src/pipeline/judge/types.ts';
import { candidate, edited, thread } from './threads.ts';

const EARLY = 'We should look at the rounding of the cart total in `formatTotal`.';
const IDEA =
  'Replace the float sum in `formatTotal` by integer cents from `toCents` so that the total cannot drift by a cent.';

function withCandidates(...candidates: Candidate[]): JudgeInput {
  return { ...thread([]), candidates };
}

const first = candidate(1, EARLY, '2026-01-01T08:00:00Z');
const second = candidate(2, IDEA, '2026-01-01T09:00:00Z');

describe('who said what first', () => {
  it('credits an idea to whoever posted it, not to an earlier proposal that edited it in later', async () => {
    const input = withCandidates(edited(first, `${EARLY}\n\n${IDEA}`, '2026-01-01T10:00:00Z'), second);
    const [one, two] = analyse(input).proposals;
    expect(one?.read.claims.map(({ copiedFrom }) => copiedFrom)).toEqual([null, 1]);
    expect(two?.raw.copied).toBe(0);
    const { ideas } = await createEmbeddedJudge().judge(input);
    expect(ideas.find(({ idea }) => idea.startsWith('Replace the float'))).toMatchObject({
      firstNumber: 2,
      firstAt: '2026-01-01T09:00:00Z',
      alsoIn: [{ number: 1, at: '2026-01-01T10:00:00Z' }],
    });
  });

  it('credits it to the earlier proposal when its edit came before the other was posted', async () => {
    const input = withCandidates(edited(first, `${EARLY}\n\n${IDEA}`, '2026-01-01T08:30:00Z'), second);
    const [one, two] = analyse(input).proposals;
    expect(one?.raw.copied).toBe(0);
    expect(two?.raw.copied).toBe(1);
    expect(one?.raw.lateEdits).toBe(0);
  });

  it('takes an edit of unknown time as later than everything', () => {
    const [one] = analyse(withCandidates(edited(first, `${EARLY}\n\n${IDEA}`, null), second)).proposals;
    expect(one?.raw.copied).toBeGreaterThan(0.5);
    expect(one?.raw.lateEdits).toBe(0.5);
  });

  it('keeps the time of a sentence whose spelling was corrected later', () => {
    const typo = IDEA.replace('drift', 'drfit');
    const fixed = edited(candidate(1, typo, '2026-01-01T08:00:00Z'), IDEA, '2026-01-01T12:00:00Z');
    const [one, two] = analyse(withCandidates(fixed, second)).proposals;
    expect(one?.raw.copied).toBe(0);
    expect(two?.raw.copied).toBe(1);
  });

  it('gives a plan that was edited in the position of the edit', () => {
    const plan = `${IDEA}\n\nThe cause is that \`formatTotal\` adds floats, because prices are stored as numbers.`;
    const posted = [1, 2, 3].map((n) => candidate(n, `${EARLY} ${n}`, `2026-01-01T0${n}:00:00Z`));
    const [late, ...others] = posted as [Candidate, ...Candidate[]];
    const [one] = analyse(withCandidates(edited(late, plan, '2026-01-02T00:00:00Z'), ...others)).proposals;
    expect(one?.raw.order).toBeCloseTo(-Math.log(3), 10);
  });

  it('does not call short or common sentences copied', () => {
    const [, two] = analyse(thread(['This fixes the issue.', 'This fixes the issue.'])).proposals;
    expect(two?.raw.copied).toBe(0);
  });
});

describe('an author with several proposals', () => {
  const plan = `### Root cause
\`formatTotal\` drifts by a cent, because \`roundEachRow\` rounds every price of the cart.
### Changes
Remove \`roundEachRow\` and let \`formatTotal\` round the sum once.`;
  const other = `### Root cause
The total of the cart is read from a stale \`totalCache\`.
### Changes
Clear \`totalCache\` whenever a row is put into the cart.`;
  const posted = [candidate(1, plan), candidate(2, other)];
  const by = (login: string, number: number) => ({ ...candidate(number, plan), authorLogin: login });
  const rawOf = (...more: Candidate[]) => analyse(withCandidates(...posted, ...more)).proposals[0]?.raw;
  const again = (login: string) => rawOf(by(login, 3), by(login, 4));

  it('is one voice: repeating a plan neither supports nor confirms it', () => {
    const alone = rawOf();
    for (const repeated of [again('author1'), again('Author1')]) {
      expect(repeated?.pioneered).toBe(0);
      expect(repeated?.support).toBe(alone?.support);
      expect(repeated?.causeToChange).toBe(alone?.causeToChange);
    }
    const agreed = again('author9');
    expect(agreed?.pioneered).toBeGreaterThan(0);
    expect(agreed?.support).toBeGreaterThan(alone?.support ?? 1);
    expect(agreed?.causeToChange).toBeGreaterThan(alone?.causeToChange ?? 1);
  });

  it('is not taken for one where the account is gone, for many are called so', () => {
    const gone = [by('ghost', 1), by('ghost', 2)];
    expect(analyse(withCandidates(...gone)).proposals[0]?.raw.pioneered).toBeGreaterThan(0);
  });

  it('gets no credit for the same words twice', () => {
    const [, , repeated] = analyse(withCandidates(...posted, by('author1', 3))).proposals;
    expect(repeated?.raw.copied).toBe(1);
  });
});
