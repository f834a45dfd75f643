import { fromMarkdown } from 'mdast-util-from-markdown';
import { describe, expect, it } from 'vitest';
import { readTicks } from '../../../src/pipeline/comment/checkboxes.ts';
import {
  MAX_BODY,
  renderDecision,
  renderFolded,
  renderPlaceholder,
} from '../../../src/pipeline/comment/decision-comment.ts';
import type { DecisionStateView } from '../../../src/pipeline/comment/views.ts';
import { decision, judged, proposals, verdict } from './views.ts';

const empty = {
  chosen: null,
  abstained: true,
  abstainReason: 'Proposals 1 and 2 are equally good.',
  goldenProposal: '',
};

describe('renderDecision', () => {
  it('shows a choice', () => {
    expect(renderDecision(decision)).toMatchSnapshot();
  });

  it('shows an explained choice of the embedded judge, overtaken by newer proposals', () => {
    const view = judged(
      { judge: 'embedded', model: 'embedded-1', promptVersion: 'none' },
      { explain: true, newerProposals: [1, 5] },
    );
    expect(renderDecision(view)).toMatchSnapshot();
  });

  it('says above the reasons that its version was retracted, and why', () => {
    const text = renderDecision(judged({}, { retracted: { reason: 'it takes\n## @all for granted' } }));
    expect(text).toContain(
      '⚠️ **Retracted:** the version that decided this, `swe-manager-8b-2026-11`, decides no more: it takes',
    );
    expect(text).not.toMatch(/^## @all/m);
    expect(text.indexOf('Retracted')).toBeLessThan(text.indexOf('names the cause'));
    expect(renderDecision(judged({}, { retracted: { reason: ' ' } }))).toContain('decides no more.\n');
    expect(renderDecision(judged({}, { retracted: null }))).toBe(renderDecision(judged({})));
  });

  it('marks what was accepted in an explanation, also where the timeline has it not', () => {
    const idea = 'Save the draft before navigating';
    const from = { revisionHash: 'abcdef0123', at: '2026-11-20T10:00:00Z' };
    const text = renderDecision(
      judged(
        {},
        {
          explain: true,
          acceptedIdeas: [
            { role: 'cause', idea: 'The draft is lost @all', proposalNumber: 1, ...from },
            { role: 'change', idea, proposalNumber: 2, ...from },
          ],
        },
      ),
    );
    const author = proposals[0].authorLogin;
    expect(text).toContain(
      `- root cause: first in proposal 1 (${author}), 2026-11-20 10:00 UTC, revision \`abcdef0\`: The`,
    );
    expect(text).toContain(`- **accepted change**, ${idea}: first in proposal 2`);
    expect(text).toContain('The draft is lost `@all`'); // As code: it notifies nobody.
    expect(renderDecision(judged({}, { explain: true }))).not.toContain('accepted, by who');
  });

  it("calls the embedded judge's confidence its own estimate, and counts no votes", () => {
    const embedded = { judge: 'embedded', confidence: 0.7 } as const;
    const chosen = renderDecision(judged(embedded));
    expect(chosen).toContain('confidence 70 % (its own estimate, uncalibrated)\n');
    expect(chosen).not.toMatch(/\d votes?\b|votes by/);
    expect(renderDecision(judged({ ...embedded, ...empty }))).toContain(
      'None of 3 chosen by the **embedded judge** · at most 70 % for any of them (its own estimate, uncalibrated)\n',
    );
  });

  it('shows an abstention', () => {
    expect(renderDecision(judged(empty))).toMatchSnapshot();
  });

  it('shows a single proposal', () => {
    expect(renderDecision(judged({}, { proposals: [proposals[1]] }))).toMatchSnapshot();
  });

  it('shows that there are no proposals', () => {
    expect(
      renderDecision({ ...decision, proposals: [], outcome: { kind: 'no-proposals' } }),
    ).toMatchSnapshot();
  });

  it('shows that the judge failed', () => {
    const outcome = {
      kind: 'failed',
      heading: 'the judge did not answer',
      reason: 'The inference service did not answer within 120 s.',
      remedy: 'Try `/manager choose` again later.',
    } as const;
    expect(renderDecision({ ...decision, outcome })).toMatchSnapshot();
  });

  const states: DecisionStateView[] = [
    { kind: 'proposed' },
    { kind: 'accepted', by: 'carol' },
    { kind: 'overridden', by: 'carol', to: 1, reason: 'posted first, see #12 @alice' },
    { kind: 'overridden', by: 'carol', to: 1, reason: null },
    { kind: 'rejected', by: 'carol', reason: `/manager no\n\n${'long '.repeat(200)}` },
    { kind: 'superseded', newerUrl: 'https://github.com/acme/app/issues/7#issuecomment-200' },
    { kind: 'superseded', newerUrl: null },
    { kind: 'cancelled', by: 'renovate[bot]' },
  ];
  it('tells the state in one line', () => {
    const lines = states.map(
      (state) => /^\*\*State:\*\*.*$/m.exec(renderDecision({ ...decision, state }))?.[0],
    );
    expect(lines).toMatchSnapshot();
  });

  it('keeps the ticks, and offers no boxes where there is nothing to accept', () => {
    const ticks = { accept: true, wrong: false };
    expect(readTicks(renderDecision({ ...decision, ticks }))).toEqual(ticks);
    expect(readTicks(renderDecision(judged(empty)))).toBeNull();
    expect(
      readTicks(renderDecision({ ...decision, state: { kind: 'superseded', newerUrl: null } })),
    ).toBeNull();
  });

  it('names the embedded judge wherever its output is shown', () => {
    for (const changes of [{}, empty]) {
      expect(
        renderDecision(judged({ ...changes, judge: 'embedded' })).match(/embedded judge/gi),
      ).toHaveLength(2);
    }
  });

  it.each([60, 500])('fits with %i proposals and longest texts', (count) => {
    const long = '@alice `x|y` <b>*[]_ #1 '.repeat(3_000);
    const many = Array.from({ length: count }, (_, index) => ({
      number: index + 1,
      authorLogin: `somebody-with-a-long-login-${index}`,
      url: `https://github.com/an-organisation/a-repository/issues/7#issuecomment-${10_000_000 + index}`,
      revisionHash: 'abcdef0123456789',
    }));
    const view = judged(
      {
        explanation: long,
        goldenProposal: 'A line of the golden proposal.\n\n'.repeat(2_000).slice(0, 60_000),
        wouldDecide: long,
        assessments: many.map(({ number }) => ({
          number,
          strength: long,
          weakness: long,
          probability: 1 / count,
        })),
        votes: many.map(() => ({ order: many.map(({ number }) => number), chosen: 2, error: null })),
        ideas: many.map(({ number }) => ({
          idea: long,
          firstNumber: number,
          firstAt: '2026-11-20T10:00:00Z',
          alsoIn: many.map((other) => ({ number: other.number, at: null })),
        })),
      },
      {
        proposals: many,
        explain: true,
        newerProposals: many.map(({ number }) => number),
        state: { kind: 'rejected', by: 'x'.repeat(500), reason: long },
      },
    );
    const text = renderDecision(view);
    expect(text.length).toBeLessThanOrEqual(MAX_BODY);
    expect(text).toContain('<b>Golden proposal</b>');
    expect(text).toContain('_(shortened)_');
    expect(text.endsWith('</sub>')).toBe(true);
    expect(readTicks(text)).toEqual({ accept: false, wrong: false });
  });

  it('closes what it folds whatever the golden proposal leaves open', () => {
    const text = renderDecision(
      judged({ goldenProposal: '```\n<details>\n\n<!--\n- a\n  > b\n</details></details>' }),
    );
    const tags = fromMarkdown(text).children.flatMap((node) =>
      node.type === 'html' ? [node.value.slice(0, 9)] : [],
    );
    expect(tags).toEqual(['<details>', '</details', '<details>', '</details']);
    expect(text).not.toContain('<!--\n');
  });

  it('lets no proposal author reach the first screen with an address that is none', () => {
    const evil = { ...proposals[1], authorLogin: '@x](javascript:1) #1', url: 'javascript:alert(1)' };
    const text = renderDecision(judged({}, { proposals: [proposals[0], evil] }));
    expect(text).not.toMatch(/javascript:|@x|#1\b/);
  });
});

describe('the forms before and after a decision', () => {
  it('reads well', () => {
    const placeholder = {
      id: verdict.model,
      startedAt: '2026-11-24T01:55:56Z',
      judge: 'model',
      proposalCount: 3,
    } as const;
    const folded = {
      id: decision.id,
      decidedAt: decision.decidedAt,
      judge: 'embedded',
      chosen: proposals[1],
      newerUrl: 'https://github.com/acme/app/issues/7#issuecomment-200',
      state: { kind: 'superseded', newerUrl: null },
    } as const;
    expect(renderPlaceholder(placeholder)).toMatchSnapshot();
    expect(renderFolded(folded)).toMatchSnapshot();
    expect(renderFolded({ ...folded, judge: null, chosen: null, newerUrl: null })).toMatchSnapshot();
    expect(renderFolded({ ...folded, state: { kind: 'accepted', by: 'mia' } })).toContain(
      ', accepted by mia <sub>',
    );
  });
});
