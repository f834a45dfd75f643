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

/** How often a judge was right on the gate's decisions. */
export interface JudgeAccuracy {
  readonly name: string;
  readonly role: 'candidate' | 'incumbent' | 'base' | 'incumbent and base';
  readonly right: number;
  readonly decisions: number;
}

/** One look of the gate, in numbers. */
export interface LookNumbers {
  readonly decisions: number;
  /** The p-value up to which the candidate is promoted. */
  readonly alpha: number;
  readonly pValue: number;
  /** Decisions that only one of the two got right. */
  readonly candidateOnly: number;
  readonly incumbentOnly: number;
}

/** What the gate's figures show. */
export interface GateNumbers {
  readonly accuracy: readonly JudgeAccuracy[];
  readonly looks: readonly LookNumbers[];
}

/** How a judge did on a benchmark. */
export interface BenchmarkScore {
  readonly right: number;
  readonly tasks: number;
  /** US dollars of the tasks that it got right, and of all. */
  readonly earned: number;
  readonly offered: number;
}

export interface BenchmarkPair {
  readonly candidate: BenchmarkScore;
  readonly incumbent: BenchmarkScore;
}

export interface Figure {
  /** Name of the file, without `.svg`. */
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
}
