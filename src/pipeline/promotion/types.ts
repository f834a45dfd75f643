/** The words of comparing judges. Types only. */

/** What maintainers decided on a snapshot. */
export interface LabelledAnswer {
  readonly verdict: 'proposal' | 'none-acceptable' | 'not-the-choice';
  /** The proposal they took. */
  readonly proposalNumber: number | null;
}

/** What a judge said of it. */
export interface GivenAnswer {
  /** Proposal number; forced where the judge would rather abstain. */
  readonly chosen: number | null;
  readonly abstained: boolean;
}

/** A snapshot that both have answered. */
export interface SharedDecision {
  readonly snapshotId: string;
  /** `owner/name` */
  readonly repository: string;
  readonly issue: number;
  readonly title: string;
  readonly proposals: number;
  readonly a: GivenAnswer;
  readonly b: GivenAnswer;
  readonly label: SharedLabel | null;
}

export interface SharedLabel extends LabelledAnswer {
  /** Why the maintainers took it. */
  readonly reasonClass: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** Whether they could have seen a choice of ours. */
  readonly exposed: boolean;
}
