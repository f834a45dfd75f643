import type { CommandOutcome } from '../../schema/inbox.ts';
import type { CastVote, Verdict } from '../judge/types.ts';
import type { Ticks } from './checkboxes.ts';

/** What the comments show, as plain data. Every string in it is untrusted and neutralised when rendered. */

export interface ProposalView {
  readonly number: number;
  readonly authorLogin: string;
  readonly url: string;
  /** SHA-256 in hex of the text that was judged. */
  readonly revisionHash: string;
}

/** Of a verdict, what is shown; a whole `Verdict` fits. */
export type VerdictView = Omit<Verdict, 'forcedChoice' | 'votes'> & {
  readonly votes: readonly CastVote[];
};

export type DecisionStateView =
  | { readonly kind: 'proposed' }
  | { readonly kind: 'accepted'; readonly by: string }
  | { readonly kind: 'overridden'; readonly by: string; readonly to: number; readonly reason: string | null }
  | { readonly kind: 'rejected'; readonly by: string; readonly reason: string | null }
  | { readonly kind: 'superseded'; readonly newerUrl: string | null }
  | { readonly kind: 'cancelled'; readonly by: string };

export type DecisionOutcomeView =
  | { readonly kind: 'judged'; readonly verdict: VerdictView }
  | { readonly kind: 'no-proposals' }
  /** There is no decision: the heading's few words, why, and what the reader can do. */
  | { readonly kind: 'failed'; readonly heading: string; readonly reason: string; readonly remedy: string };

/** What the accepted proposal says, and which revision of which proposal said it first. */
export interface AcceptedIdeaView {
  readonly role: 'cause' | 'change';
  readonly idea: string;
  readonly proposalNumber: number;
  readonly revisionHash: string;
  /** ISO 8601, null when unknown. */
  readonly at: string | null;
}

export interface DecisionView {
  /** The decision's id, or the run's where no decision came about. */
  readonly id: string;
  /** ISO 8601. */
  readonly decidedAt: string;
  readonly outcome: DecisionOutcomeView;
  /** Every proposal of the snapshot, in posting order. */
  readonly proposals: readonly ProposalView[];
  readonly state: DecisionStateView;
  readonly ticks: Ticks;
  /** Numbers of proposals that came, or were edited, after the snapshot. */
  readonly newerProposals: readonly number[];
  /** Whether somebody asked for the details. */
  readonly explain: boolean;
  /** Absent until the issue has a label that names a proposal. */
  readonly acceptedIdeas?: readonly AcceptedIdeaView[];
  /** Set when the version that decided was found to be bad: why. */
  readonly retracted?: { readonly reason: string | null } | null;
  /** Absolute URLs that stood in the thread; no other link is kept in the judge's text. */
  readonly allowedLinks: ReadonlySet<string>;
}

export interface PlaceholderView {
  readonly id: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly judge: Verdict['judge'];
  readonly proposalCount: number;
  /** ISO 8601: since when the inference service does not answer; null or absent when it does. */
  readonly judgeDownSince?: string | null;
}

export interface FoldedView {
  readonly id: string;
  /** ISO 8601. */
  readonly decidedAt: string;
  readonly judge: Verdict['judge'] | null;
  /** What the old decision had chosen, null when nothing. */
  readonly chosen: ProposalView | null;
  /** The newer comment, null while it is not posted yet. */
  readonly newerUrl: string | null;
  /** What a maintainer said to it, if anything. */
  readonly state: DecisionStateView;
  /** Whether the version that decided was found to be bad. */
  readonly retracted?: boolean;
}

/** A command that ended in something a reaction cannot tell. */
export interface NoticeView {
  readonly actorLogin: string;
  /** The command as it was written. */
  readonly request: string;
  readonly outcome: CommandOutcome;
  /** One sentence, '' when there is nothing to add. */
  readonly detail: string;
}

export interface DryRunView {
  readonly actorLogin: string;
  readonly request: string;
  readonly verdict: VerdictView;
  readonly proposals: readonly ProposalView[];
}

export interface HelpView {
  /** The word that is no verb, null for `help` itself. */
  readonly unknownWord: string | null;
  /** Where a command stood that therefore did not count, e.g. "a code block"; absent when none was seen. */
  readonly maskedBy?: string | null;
  /** Logins that may decide by the repository's config, beside those with triage permission. */
  readonly managers?: readonly string[];
}

export interface RefusalView {
  readonly actorLogin: string;
  readonly request: string;
  readonly managers?: readonly string[];
}

export interface ConfigProblemView {
  /** Path of the file in the repository. */
  readonly path: string;
  readonly problems: readonly string[];
}

export interface StatusView {
  /** ISO 8601. */
  readonly at: string;
  readonly proposals: readonly ProposalView[];
  /** `waiting-for-judge`: the inference service does not answer. */
  readonly run: {
    readonly state: 'waiting' | 'running' | 'waiting-for-judge';
    readonly since: string;
  } | null;
  readonly decision: {
    readonly id: string;
    readonly url: string | null;
    readonly judge: Verdict['judge'];
    readonly chosen: number | null;
    readonly state: DecisionStateView;
    readonly newerProposals: readonly number[];
  } | null;
  readonly pausedBy: string | null;
  /** Why the bot writes nothing at present, null when it does. */
  readonly postingStopped: string | null;
}
