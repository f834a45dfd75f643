import { describe, expect, it } from 'vitest';
import {
  renderConfigProblem,
  renderDryRun,
  renderHelp,
  renderNotice,
  renderRefusal,
  renderStatus,
  renderUnknownVerb,
} from '../../../src/pipeline/comment/notices.ts';
import { COMMAND_OUTCOMES } from '../../../src/schema/inbox.ts';
import { proposals, verdict } from './views.ts';

const command = { actorLogin: 'carol', request: '/manager accept' };

describe('the short answers', () => {
  it('help', () => {
    expect(renderHelp({ unknownWord: null, managers: ['carol', 'dave'] })).toMatchSnapshot();
  });

  it('help for an unknown word and for a masked command', () => {
    const [first] = renderUnknownVerb('@bob `choos`').split('\n');
    const [masked] = renderHelp({ unknownWord: null, maskedBy: 'a code block' }).split('\n');
    expect([first, masked]).toMatchSnapshot();
  });

  it('refusal', () => {
    expect(
      renderRefusal({ ...command, request: '/manager accept `@bob`\n/merge', managers: ['dave'] }),
    ).toMatchSnapshot();
  });

  it('config problem', () => {
    const problems = ['mode: must be one of command, label, auto, observe', 'unknown key "@bob"'];
    expect(renderConfigProblem({ path: '.github/swe-manager.yml', problems })).toMatchSnapshot();
  });

  it('one notice per outcome', () => {
    const texts = COMMAND_OUTCOMES.map((outcome) => renderNotice({ ...command, outcome, detail: '' }));
    expect(texts).toMatchSnapshot();
    expect(new Set(texts).size).toBe(COMMAND_OUTCOMES.length);
  });

  it('notice with a detail, short and long', () => {
    const notice = { ...command, outcome: 'invalid' } as const;
    expect(
      renderNotice({ ...notice, detail: 'No proposal 9; there are 1, 2 and 4 (@bob, #3).' }),
    ).toMatchSnapshot();
    expect(renderNotice({ ...notice, detail: 'words '.repeat(60) })).toContain(
      '<details><summary>Details</summary>',
    );
  });

  it('dry run', () => {
    expect(
      renderDryRun({ ...command, request: '/manager choose --dry-run', verdict, proposals }),
    ).toMatchSnapshot();
  });

  it('status', () => {
    const view = {
      at: '2026-11-24T01:55:56Z',
      proposals,
      run: { state: 'running', since: '2026-11-24T01:50:00Z' },
      decision: {
        id: 'd-1',
        url: 'https://github.com/acme/app/issues/7#issuecomment-200',
        judge: 'embedded',
        chosen: 2,
        state: { kind: 'overridden', by: 'carol', to: 1, reason: 'first' },
        newerProposals: [4],
      },
      pausedBy: 'dave',
      postingStopped: 'the operator stopped it',
    } as const;
    expect(renderStatus(view)).toMatchSnapshot();
    const idle = { ...view, proposals: [], run: null, decision: null, pausedBy: null, postingStopped: null };
    expect(renderStatus(idle)).toMatchSnapshot();
  });
});
