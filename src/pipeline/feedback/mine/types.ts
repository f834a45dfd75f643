/** What the miner reads and returns. */
import type { ReasonClass } from '../../../schema/feedback.ts';

/** A proposal as people point at it. */
export interface NamedProposal {
  readonly number: number;
  readonly commentId: number;
  readonly authorLogin: string;
}

export interface MinedComment {
  readonly id: number;
  readonly authorLogin: string;
  readonly body: string;
}

/** How the comment points at the proposal: by its comment's address, by its author, or at all of them. */
export type PointedBy = 'link' | 'author' | 'all';

/** What one comment says about one proposal. */
export interface MinedSignal {
  /** `accept` without a proposal says that none is acceptable. */
  readonly polarity: 'accept' | 'reject';
  readonly proposalNumber: number | null;
  readonly targetCommentId: number | null;
  readonly pointedBy: PointedBy;
  /** Name of the rule that decided. */
  readonly rule: string;
  /** 0 to 1: a choice is stronger than praise, a link stronger than a name. */
  readonly strength: number;
  /** What the comment says about why; null when it says nothing. */
  readonly reasonClass: ReasonClass | null;
}
