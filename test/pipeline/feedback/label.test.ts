import { describe, expect, it } from 'vitest';
import { type LabelSignal, type ResolvedLabel, resolveLabel } from '../../../src/pipeline/feedback/label.ts';
import { trainsSelection } from '../../../src/pipeline/feedback/reason-class.ts';
import { MERGE_BY_AUTHOR, MERGE_NAMES_PROPOSAL, weightOf } from '../../../src/pipeline/feedback/weights.ts';
import { REASON_CLASSES } from '../../../src/schema/feedback.ts';

const CONTEXT = { candidates: [1, 2, 3], choice: 1 };

let minute = 0;
function signal(change: Partial<LabelSignal> = {}): LabelSignal {
  minute += 1;
  return {
    id: `s${minute}`,
    source: 'command',
    polarity: 'accept',
    proposalNumber: 1,
    rule: null,
    reasonClass: null,
    weight: 0.7,
    exposed: true,
    ownProposal: false,
    actorLogin: `actor-${minute}`,
    pullNumber: null,
    withdrawn: false,
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, minute)),
    ...change,
  };
}

const merge = (n: number, change: Partial<LabelSignal> = {}) =>
  signal({
    source: 'merge',
    proposalNumber: n,
    rule: MERGE_NAMES_PROPOSAL,
    weight: 0.97,
    pullNumber: 500 + n,
    ...change,
  });
const assigned = (n: number) => signal({ source: 'assignment', proposalNumber: n, weight: 0.85 });
const approved = (n: number, change: Partial<LabelSignal> = {}) =>
  signal({ source: 'comment', proposalNumber: n, weight: 0.8, rule: 'go-with', ...change });
const refused = (n: number | null, change: Partial<LabelSignal> = {}) =>
  signal({ source: 'comment', polarity: 'reject', proposalNumber: n, weight: 0.7, ...change });
const reaction = (n: number) => signal({ source: 'reaction', proposalNumber: n, weight: 0.4 });
const override = (n: number) => signal({ polarity: 'override', proposalNumber: n, weight: 0.9 });
const reverted = (n: number) =>
  signal({ source: 'reverted', polarity: 'reject', proposalNumber: n, pullNumber: 500 + n });
const reopened = (n: number) => signal({ source: 'reopened', polarity: 'reject', proposalNumber: n });

describe('which signal decides', () => {
  it.each<[string, LabelSignal[], Partial<ResolvedLabel>]>([
    ['an acceptance', [signal()], { proposalNumber: 1, decidedBy: 'command', conflict: false }],
    ['the later of two commands', [signal(), override(2)], { proposalNumber: 2, conflict: true }],
    ['a merge over an assignment', [merge(2), assigned(3)], { proposalNumber: 2, decidedBy: 'merge' }],
    [
      'an assignment over a command',
      [assigned(3), override(2)],
      { proposalNumber: 3, decidedBy: 'assignment' },
    ],
    ['a command over a comment', [override(2), approved(3)], { proposalNumber: 2, decidedBy: 'command' }],
    ['a comment over a reaction', [approved(3), reaction(1)], { proposalNumber: 3, decidedBy: 'comment' }],
    ['a reaction when there is nothing else', [reaction(1)], { proposalNumber: 1, decidedBy: 'reaction' }],
    [
      'a review over everything',
      [signal({ source: 'review', proposalNumber: 2, weight: 1 }), merge(3)],
      { proposalNumber: 2, decidedBy: 'review' },
    ],
    [
      'the merge that names the proposal over one by an author',
      [merge(2, { rule: MERGE_BY_AUTHOR }), merge(3)],
      { proposalNumber: 3 },
    ],
    ['the first merge, later ones are follow-ups', [merge(2), merge(3)], { proposalNumber: 2 }],
    [
      'the second merge when the first was reverted',
      [merge(2), reverted(2), merge(3)],
      { proposalNumber: 3 },
    ],
    [
      'the second merge when the issue was reopened between',
      [merge(2), reopened(2), merge(3)],
      { proposalNumber: 3 },
    ],
    [
      'a later comment over an earlier one',
      [approved(1), approved(2)],
      { proposalNumber: 2, conflict: true },
    ],
    ['a pick outside the snapshot', [assigned(7)], { proposalNumber: 7, outsideSnapshot: true }],
    [
      'that none will do',
      [approved(0, { proposalNumber: null })],
      { verdict: 'none-acceptable', reasonClass: 'none' },
    ],
    ['nothing but what is wrong', [refused(null)], { verdict: 'not-the-choice', proposalNumber: null }],
    [
      'that none will do once all are refused',
      [refused(1), refused(2), refused(3)],
      { verdict: 'none-acceptable', reasonClass: 'none' },
    ],
    [
      'that all are refused, the choice by a command',
      [refused(null), refused(2), refused(3)],
      { verdict: 'none-acceptable' },
    ],
  ])('is %s', (_name, signals, expected) => {
    expect(resolveLabel(signals, CONTEXT)).toMatchObject(expected);
  });

  it('is none while no signal stands', () => {
    expect(resolveLabel([], CONTEXT)).toBeNull();
    expect(resolveLabel([signal({ withdrawn: true })], CONTEXT)).toBeNull();
    expect(resolveLabel([reverted(1)], CONTEXT)).toBeNull();
  });

  it('does not depend on the order in which signals are read', () => {
    const signals = [approved(1), assigned(2), refused(2), merge(3), reopened(3)];
    expect(resolveLabel(signals.toReversed(), CONTEXT)).toEqual(resolveLabel(signals, CONTEXT));
  });

  it('names every signal behind it, objections and outcomes included', () => {
    const signals = [approved(1), approved(2), merge(2), reopened(2)];
    expect(resolveLabel(signals, CONTEXT)?.signalIds).toEqual(signals.map(({ id }) => id));
  });
});

const confidence = (...signals: LabelSignal[]): number =>
  resolveLabel(signals, CONTEXT)?.confidence ?? Number.NaN;

describe('confidence', () => {
  it('grows when several agree and shrinks when one objects', () => {
    expect(confidence(approved(1), approved(1))).toBeGreaterThan(confidence(approved(1)));
    expect(confidence(approved(1), approved(2))).toBeLessThan(confidence(approved(2)));
    expect(confidence(assigned(1), refused(1))).toBeLessThan(confidence(assigned(1)));
  });

  it('is lowered by what happened later, more by a revert than by a reopening', () => {
    expect(confidence(merge(1), reopened(1))).toBeLessThan(confidence(merge(1)));
    expect(confidence(merge(1), reverted(1))).toBeLessThan(confidence(merge(1), reopened(1)));
    expect(resolveLabel([merge(1), reverted(1)], CONTEXT)?.conflict).toBe(true);
  });

  it('forgets a refusal that its author took back', () => {
    const early = refused(1, { actorLogin: 'rev' });
    expect(confidence(early, approved(1, { actorLogin: 'rev' }))).toBe(confidence(approved(1)));
    expect(confidence(early, approved(1, { actorLogin: 'eng' }))).toBeLessThan(confidence(approved(1)));
  });

  it('stays a probability whatever comes', () => {
    const many = Array.from({ length: 60 }, (_, index) => approved((index % 3) + 1));
    expect(confidence(...many)).toBeGreaterThan(0);
    expect(confidence(...many)).toBeLessThan(1);
    expect(confidence(merge(1), merge(1), assigned(1))).toBeLessThan(1);
  });

  it('comes from weights in the order of the ranks', () => {
    const weights = [
      weightOf({ source: 'review' }),
      weightOf({ source: 'merge', namesProposal: true }),
      weightOf({ source: 'merge', namesProposal: false }),
      weightOf({ source: 'checkbox' }),
      weightOf({ source: 'reaction' }),
    ];
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
    const byRole = (roleVerified: boolean) => weightOf({ source: 'comment', strength: 0.8, roleVerified });
    expect(byRole(false)).toBeLessThan(byRole(true));
    const command = (polarity: 'accept' | 'override') => weightOf({ source: 'command', polarity });
    expect(command('override')).toBeGreaterThan(command('accept'));
  });
});

describe('exposure', () => {
  it.each([
    [
      'the first voice for the answer was free',
      [approved(2, { exposed: false }), signal({ proposalNumber: 2 })],
      false,
    ],
    ['it only came after our choice', [signal(), approved(1)], true],
    ['a free voice said otherwise', [approved(3, { exposed: false }), merge(1)], true],
    ['only a refusal of another one was free', [refused(2, { exposed: false }), signal()], true],
  ])('when %s', (_name, signals, exposed) => {
    expect(resolveLabel(signals, CONTEXT)?.exposed).toBe(exposed);
  });
});

describe('the reason class', () => {
  it.each<[string, LabelSignal[], string]>([
    ['unknown without a word', [assigned(2)], 'unknown'],
    [
      'technical when the approval speaks of the code',
      [approved(2, { reasonClass: 'technical' })],
      'technical',
    ],
    [
      'policy when another one lost by a rule',
      [refused(1, { reasonClass: 'policy' }), approved(2, { reasonClass: 'technical' })],
      'policy',
    ],
    [
      'priority when the first of equals won',
      [approved(2, { reasonClass: 'priority' }), assigned(2)],
      'priority',
    ],
    ['split when two hold the issue', [assigned(2), assigned(3)], 'split'],
    [
      'what the reviewer of labels says',
      [signal({ source: 'review', reasonClass: 'split', weight: 1 })],
      'split',
    ],
  ])('is %s', (_name, signals, reasonClass) => {
    expect(resolveLabel(signals, CONTEXT)?.reasonClass).toBe(reasonClass);
  });

  it('lets only technical, none and unknown train the selection', () => {
    expect(REASON_CLASSES.filter(trainsSelection)).toEqual(['technical', 'none', 'unknown']);
  });
});

describe('a proposal of one’s own', () => {
  it('is flagged unless somebody else agrees', () => {
    const own = approved(2, { ownProposal: true });
    expect(resolveLabel([own], CONTEXT)?.ownProposal).toBe(true);
    expect(resolveLabel([own, assigned(2)], CONTEXT)?.ownProposal).toBe(false);
  });
});
