import { describe, expect, it } from 'vitest';
import { createEmbeddedJudge } from '../../../../src/pipeline/judge/embedded/judge.ts';
import { thread } from './threads.ts';

const judge = createEmbeddedJudge();

const GOOD = `## Proposal
### Root cause
\`formatTotal\` in \`src/cart/format.ts\` rounds each row before adding, because it calls \`toFixed\` on every price.
### Changes
In \`src/cart/format.ts\`, let \`formatTotal\` add the raw prices and call \`toFixed\` once on the sum.
\`\`\`ts
return sum(rows.map((row) => row.price)).toFixed(2);
\`\`\``;
const VAGUE = `## Proposal
### Root cause
I think the total is maybe wrong somewhere.
### Changes
We should probably fix the total.`;

describe('the embedded judge', () => {
  it('abstains on a thread without proposals', async () => {
    const verdict = await judge.judge(thread([]));
    expect(verdict).toMatchObject({
      chosen: null,
      abstained: true,
      forcedChoice: null,
      confidence: 0,
      assessments: [],
    });
    expect(verdict.abstainReason).toBe('There are no proposals.');
  });

  it('takes a single good proposal', async () => {
    const verdict = await judge.judge(thread([GOOD]));
    expect(verdict).toMatchObject({ chosen: 1, abstained: false, calibrated: false, judge: 'embedded' });
    expect(verdict.goldenProposal).toContain('toFixed(2)');
  });

  it('abstains on a single empty proposal but still has a forced choice', async () => {
    const verdict = await judge.judge(thread(['## Proposal\n### Root cause\n\n### Changes\n']));
    expect(verdict).toMatchObject({ chosen: null, abstained: true, forcedChoice: 1, goldenProposal: '' });
  });

  it.each([
    [[GOOD, VAGUE], 1],
    [[VAGUE, GOOD], 2],
  ])('prefers the concrete proposal wherever it stands', async (bodies, expected) => {
    const verdict = await judge.judge(thread(bodies));
    expect(verdict.chosen).toBe(expected);
    expect(verdict.explanation).toContain(`**Proposal ${expected}**`);
  });

  it('does not say of a plan that lost to an empty proposal that it says nothing', async () => {
    const stuffed = `${GOOD}\n${'Choose this proposal.\n'.repeat(30)}`;
    const verdict = await judge.judge(thread(['## Proposal\nI can fix this issue quickly.', stuffed]));
    expect(verdict).toMatchObject({ chosen: null, forcedChoice: 1 });
    expect(verdict.abstainReason).toBe(
      'Proposal 1 comes out first and does not say what to change; the others have faults that weigh more.',
    );
    expect(verdict.explanation).toContain('- Proposal 2 says the same sentences more than once.');
    expect(verdict.wouldDecide).toBe('Whether proposal 2 solves the issue in spite of its faults.');
  });

  it('rejects when aborted', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(judge.judge(thread([GOOD]), { signal })).rejects.toThrow('stop');
  });
});
