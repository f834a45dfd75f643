/**
 * What every judge reads and returns. A judge is whatever chooses: the served model or the embedded ranker.
 * It gets frozen text, has no tools, and its output can only fill these types.
 */

/** One text of a proposal as it stood at some time; `hash` is the SHA-256 of the body in hex. */
export interface CandidateRevision {
  readonly hash: string;
  readonly body: string;
  /** ISO 8601 time from which this text was visible, null when unknown. */
  readonly at: string | null;
}

export interface Candidate {
  /** The proposal's number: stable for the issue, starting at 1, in posting order, never reused. */
  readonly number: number;
  readonly authorLogin: string;
  readonly url: string;
  /** ISO 8601, null when unknown. */
  readonly createdAt: string | null;
  /** The text to judge, that of the last revision. */
  readonly body: string;
  /** Every known text, oldest first; the last one equals `body`. */
  readonly revisions: readonly CandidateRevision[];
}

export interface JudgeInput {
  readonly repository: string;
  readonly issue: { readonly number: number; readonly title: string; readonly body: string };
  /** In posting order. */
  readonly candidates: readonly Candidate[];
}

/** One line a proposal gets in the comment's table; plain sentences, no Markdown. */
export interface Assessment {
  readonly number: number;
  readonly strength: string;
  readonly weakness: string;
  /** Probability that this candidate is the one to choose, 0 to 1; over all candidates they sum to 1. */
  readonly probability: number;
}

/** What a call of the model was for. Only `vote` counts towards the vote share. */
export const VOTE_KINDS = ['vote', 'group', 'playoff', 'writer', 'forced'] as const;
export type VoteKind = (typeof VOTE_KINDS)[number];

/** A text that was shown shortened: a proposal's number, or the issue. */
export interface CutRecord {
  readonly text: number | 'issue';
  readonly cutTokens: number;
}

/** How a served model was called; a judge that runs in this process has no such thing. */
export interface VoteCall {
  readonly kind: VoteKind;
  /** Names the pass within its judgement, e.g. `vote/0`; repeated calls for one pass share it. */
  readonly label: string;
  /** 0, or 1 when it repeats a pass whose answer could not be read. */
  readonly attempt: number;
  readonly seed: number;
  /** The model and server that answered, if only in part; null when none did. */
  readonly servedBy: string | null;
  readonly cuts: readonly CutRecord[];
  /** True when the answer was cancelled once the id was there. */
  readonly cancelled: boolean;
}

/** One pass of a judge over one ordering of the candidates. */
export interface Vote extends Partial<VoteCall> {
  /** Proposal numbers in the order they were shown. */
  readonly order: readonly number[];
  /** Proposal number, null when the vote found none acceptable or failed (see `error`). */
  readonly chosen: number | null;
  /** The exact prompt, null for a judge that has none. */
  readonly prompt: string | null;
  /** The raw answer as received, null for a judge that has none. */
  readonly answer: string | null;
  /** The thinking that preceded the answer, null when there was none. */
  readonly thinking: string | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  /** Milliseconds the pass took. */
  readonly durationMs: number;
  readonly error: string | null;
}

/** What is needed of a vote, as it was cast or as it is stored. */
export type CastVote = Pick<Vote, 'order' | 'chosen' | 'error'> & {
  readonly [Key in 'kind' | 'label' | 'attempt']?: Vote[Key] | null;
};

/** When an idea was first seen in the thread, for `explain`. */
export interface IdeaTimelineEntry {
  readonly idea: string;
  readonly firstNumber: number;
  readonly firstAt: string | null;
  /** SHA-256 of the revision that held it first, hex; absent in records from before it was kept. */
  readonly firstRevision?: string | null;
  /** Other proposals that hold the idea, with the time they first held it. */
  readonly alsoIn: readonly { readonly number: number; readonly at: string | null }[];
}

export interface Verdict {
  readonly judge: 'embedded' | 'model';
  /** Model name and version, e.g. `embedded-1`. */
  readonly model: string;
  readonly promptVersion: string;
  readonly votePolicy: string;
  /** Proposal number, null exactly when `abstained`. */
  readonly chosen: number | null;
  readonly abstained: boolean;
  /** Whom the judge would take if it had to choose (benchmarks); null only when there are no candidates. */
  readonly forcedChoice: number | null;
  /** Plain sentence, null unless abstained. */
  readonly abstainReason: string | null;
  /** Plain sentence: what would decide it; null when there is nothing to say. */
  readonly wouldDecide: string | null;
  /** 0 to 1. */
  readonly confidence: number;
  readonly calibrated: boolean;
  /** Markdown, from contributor text and therefore untrusted: neutralised only when rendered. */
  readonly explanation: string;
  /** Markdown, untrusted likewise; empty when abstained. */
  readonly goldenProposal: string;
  /** One per candidate, in posting order. */
  readonly assessments: readonly Assessment[];
  readonly votes: readonly Vote[];
  readonly ideas: readonly IdeaTimelineEntry[];
}

export interface JudgeOptions {
  /** Aborts the judge's work; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The port: anything that can judge. */
export interface Judge {
  readonly name: string;
  judge(input: JudgeInput, options?: JudgeOptions): Promise<Verdict>;
}
