/**
 * How much each kind of evidence is worth, from 0 to 1: about how often it names the proposal that was really taken.
 * Ranks say which kind decides when they disagree. Both are explained in docs/feedback.md.
 */
import type { SignalSource } from '../../schema/feedback.ts';

/** Higher decides. A merge that names the proposal's comment stands above one that only has its author. */
const RANKS: Record<SignalSource, number> = {
  review: 6,
  merge: 5,
  assignment: 4,
  command: 3,
  checkbox: 3,
  comment: 2,
  reaction: 1,
  reverted: 0,
  reopened: 0,
};

/** The merged pull request links the proposal's comment. */
export const MERGE_NAMES_PROPOSAL = 'names-the-proposal';
/** The merged pull request is about the issue and comes from the proposal's author. */
export const MERGE_BY_AUTHOR = 'by-the-author';

/** The strongest of an actor's gestures: a person who answers what we showed may only be agreeing with us. */
const WEIGHTS: Record<Exclude<SignalSource, 'comment' | 'command' | 'merge'>, number> = {
  review: 1,
  assignment: 0.85,
  checkbox: 0.65,
  reaction: 0.4,
  reverted: 1,
  reopened: 1,
};

/** What a mined comment's strength is multiplied by where only a public association tells the actor's role. */
export const UNVERIFIED_ROLE = 0.9;

export type WeighedSignal =
  | { readonly source: Exclude<SignalSource, 'comment' | 'command' | 'merge'> }
  | { readonly source: 'command'; readonly polarity: 'accept' | 'override' | 'reject' }
  | { readonly source: 'merge'; readonly namesProposal: boolean }
  | { readonly source: 'comment'; readonly strength: number; readonly roleVerified: boolean };

export function weightOf(signal: WeighedSignal): number {
  switch (signal.source) {
    case 'command':
      // Against what we showed, with a command of its own: nobody does that without a view.
      return signal.polarity === 'override' ? 0.9 : 0.7;
    case 'merge':
      return signal.namesProposal ? 0.97 : 0.85;
    case 'comment':
      return signal.strength * (signal.roleVerified ? 1 : UNVERIFIED_ROLE);
    default:
      return WEIGHTS[signal.source];
  }
}

export function rankOf(signal: { readonly source: SignalSource; readonly rule: string | null }): number {
  const isNamed = signal.source === 'merge' && signal.rule === MERGE_NAMES_PROPOSAL;
  return RANKS[signal.source] + (isNamed ? 0.5 : 0);
}
