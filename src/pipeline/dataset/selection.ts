/** Which labelled snapshots may become rows, and why the others may not. */
import type { ConsentSources } from './consent.ts';
import { hasConsent } from './consent.ts';
import type { LabelledThread } from './labelled-thread.ts';

/** Classes of reasons from which choosing can be learned; a choice for priority or policy says little about quality. */
export const TRAINED_REASON_CLASSES = ['technical', 'none', 'unknown'] as const;

export const LEFT_OUT_REASONS = [
  'no-consent',
  'deleted-comment',
  'forgotten-author',
  'no-proposals',
  'no-target',
  'reason-class',
  'contradictory',
  'low-confidence',
  'leaked-outcome',
  'benchmark',
  'repeated-snapshot',
  'near-duplicate',
] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

export interface SelectionRules {
  readonly reasonClasses: readonly string[];
  /** Least confidence of a label, 0 to 1. */
  readonly minConfidence: number;
}

/** What the database knows of a labelled snapshot beside its texts. */
export interface SelectionFacts {
  readonly consent: ConsentSources;
  readonly label: {
    readonly verdict: 'proposal' | 'none-acceptable' | 'not-the-choice';
    readonly conflict: boolean;
  };
  /** Numbers of proposals whose comment is deleted or hidden by now. */
  readonly droppedNumbers: readonly number[];
  /** True when an author of a proposal asked to be forgotten. */
  readonly forgottenAuthor: boolean;
  /** True when a text was changed after the outcome was known. */
  readonly leaked: boolean;
}

/** @returns why the snapshot stays out, null when it may come in. */
export function leaveOut(
  thread: LabelledThread,
  facts: SelectionFacts,
  rules: SelectionRules,
): LeftOutReason | null {
  const numbers = new Set(thread.input.candidates.map(({ number }) => number));
  const { label } = thread;
  if (!hasConsent(facts.consent)) return 'no-consent';
  if (facts.droppedNumbers.some((number) => numbers.has(number))) return 'deleted-comment';
  if (facts.forgottenAuthor) return 'forgotten-author';
  if (numbers.size === 0) return 'no-proposals';
  // Knowing only what is wrong, or a proposal that came after the snapshot, gives no answer to learn.
  if (facts.label.verdict === 'not-the-choice') return 'no-target';
  if (label.best !== null && !numbers.has(label.best)) return 'no-target';
  if (facts.leaked) return 'leaked-outcome';
  if (!rules.reasonClasses.includes(label.reasonClass)) return 'reason-class';
  if (facts.label.conflict && label.confidence < 0.5) return 'contradictory';
  return label.confidence < rules.minConfidence ? 'low-confidence' : null;
}
