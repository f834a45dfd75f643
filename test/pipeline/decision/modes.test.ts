import { describe, expect, it } from 'vitest';
import { type ModeFacts, nextRun } from '../../../src/pipeline/decision/modes.ts';

const NOW = new Date('2026-01-01T12:00:00Z');
const ago = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);

function facts(change: Partial<ModeFacts>): ModeFacts {
  return {
    mode: 'command',
    minProposals: 2,
    quietMinutes: 60,
    consented: false,
    isOpen: true,
    isPaused: false,
    proposals: 2,
    lastChangeAt: ago(90),
    firstEvidenceAt: null,
    hasVisibleRun: false,
    hasSilentRun: false,
    ...change,
  };
}

const next = (change: Partial<ModeFacts>) => nextRun(facts(change), NOW);
const NOTHING = { kind: 'nothing' };
const AUTO = { kind: 'begin', trigger: 'auto' };
const OBSERVE = { kind: 'begin', trigger: 'observe' };
const CONSENTED_AUTO = { mode: 'auto', consented: true } as const;

describe('nextRun', () => {
  it.each<[string, Partial<ModeFacts>, object]>([
    ['nothing in mode command', {}, NOTHING],
    ['nothing in mode label', { mode: 'label' }, NOTHING],
    ['a run after the quiet time in mode auto', { mode: 'auto' }, AUTO],
    ['a wait before it', { mode: 'auto', lastChangeAt: ago(20) }, { kind: 'wait', until: ago(-40) }],
    ['nothing with fewer proposals than asked for', { mode: 'auto', minProposals: 3 }, NOTHING],
    ['nothing once somebody asked', { mode: 'auto', hasVisibleRun: true }, NOTHING],
    ['nothing on a closed issue', { mode: 'auto', isOpen: false }, NOTHING],
    ['nothing on a paused one', { mode: 'auto', isPaused: true }, NOTHING],
    ['a silent run in mode observe', { mode: 'observe' }, OBSERVE],
    ['one alone', { mode: 'observe', hasSilentRun: true }, NOTHING],
    ['none over a single proposal', { mode: 'observe', proposals: 1 }, NOTHING],
    [
      'a silent run at once when somebody has spoken',
      { mode: 'observe', lastChangeAt: ago(1), firstEvidenceAt: ago(0) },
      OBSERVE,
    ],
    [
      'also when they closed the issue with it',
      { mode: 'observe', isOpen: false, firstEvidenceAt: ago(0) },
      OBSERVE,
    ],
    ['a silent run beside mode command with consent', { consented: true }, OBSERVE],
    ['beside mode label with consent', { mode: 'label', consented: true }, OBSERVE],
    ['beside mode auto while there are too few to post', { ...CONSENTED_AUTO, minProposals: 3 }, OBSERVE],
    ['not there where it posts', CONSENTED_AUTO, AUTO],
    ['not there once it has posted', { ...CONSENTED_AUTO, hasVisibleRun: true }, NOTHING],
    ['not there over a single proposal', { ...CONSENTED_AUTO, minProposals: 3, proposals: 1 }, NOTHING],
    ['a post after a silent run', { ...CONSENTED_AUTO, proposals: 3, hasSilentRun: true }, AUTO],
    [
      'a silent run when the issue was closed before mode auto would post',
      { ...CONSENTED_AUTO, isOpen: false, firstEvidenceAt: ago(0) },
      OBSERVE,
    ],
    ['but not for an issue that somebody commanded', { consented: true, hasVisibleRun: true }, NOTHING],
    ['nothing without proposals', { mode: 'observe', proposals: 0, lastChangeAt: null }, NOTHING],
  ])('is %s', (_name, change, expected) => {
    expect(next(change)).toEqual(expected);
  });
});
