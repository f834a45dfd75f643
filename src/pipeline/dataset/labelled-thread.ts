/** A labelled snapshot with everything a training row can be made of. */
import type { JudgeInput } from '../judge/types.ts';

export interface LabelledThread {
  readonly snapshotId: string;
  readonly snapshotHash: string;
  readonly input: JudgeInput;
  /** How the snapshot came about, and what may be wrong with it (schema/proposals.ts). */
  readonly origin: string;
  readonly flags: readonly string[];
  /** Everybody whose login may stand in the texts. */
  readonly logins: readonly string[];
  readonly label: ThreadLabel;
  /** The maintainer's reason, where one was given. */
  readonly reason: string | null;
  /** What was decided on the snapshot; null for a thread that was only read. */
  readonly decision: DecidedWords | null;
  /** Answers that were sampled without the label, oldest first. */
  readonly distilled: readonly DistilledWords[];
  /** Paths and symbols that the merged change touched; null where it is not known. */
  readonly changedNames: readonly string[] | null;
  /** US dollars read from the issue, 0 where there is none. */
  readonly price: number;
}

export interface ThreadLabel {
  readonly id: string;
  /** The right proposal's number; null when none is acceptable. */
  readonly best: number | null;
  readonly reasonClass: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly exposed: boolean;
  readonly signalIds: readonly string[];
}

/** Words call the proposals by their numbers. */
export interface Words {
  /** The proposal they argue for; null when for none. */
  readonly chosen: number | null;
  readonly explanation: string;
  readonly golden: string;
  readonly thinking: string;
}

export interface DecidedWords extends Words {
  readonly id: string;
  readonly judge: 'embedded' | 'model';
  readonly model: string;
}

export interface DistilledWords extends Words {
  readonly id: string;
  readonly model: string;
  /** The label's answer when it was sampled, with which `outcome` compares; the label may have changed since. */
  readonly sampledFor: number | null;
  readonly outcome: DistillOutcome;
}

/** What an answer was worth when it was sampled. Kept: it chose the label and passed every check. */
export type DistillOutcome = 'kept' | 'chose-otherwise' | 'unreadable' | 'ungrounded';
