/**
 * The rule by which signals become the label of a snapshot.
 *
 * The latest signal that was not withdrawn decides; earlier ones that say otherwise mark a conflict and
 * lower the confidence to the winner's share of the weight (Laplace-smoothed, so one signal gives 2/3).
 */
export interface LabelSignal {
  readonly id: string;
  readonly polarity: 'accept' | 'override' | 'reject';
  /** The proposal the signal speaks for; null for a rejection, or the acceptance of an abstention. */
  readonly proposalNumber: number | null;
  readonly weight: number;
  readonly exposed: boolean;
  readonly withdrawn: boolean;
  readonly createdAt: Date;
}

export interface ResolvedLabel {
  readonly verdict: 'proposal' | 'none-acceptable' | 'not-the-choice';
  readonly proposalNumber: number | null;
  /** 0 to 1. */
  readonly confidence: number;
  readonly conflict: boolean;
  /** True when any deciding signal's author could have seen our choice. */
  readonly exposed: boolean;
  readonly signalIds: readonly string[];
}

/** @returns null while no signal stands. */
export function resolveLabel(signals: readonly LabelSignal[]): ResolvedLabel | null {
  const standing = signals
    .filter((signal) => !signal.withdrawn)
    .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  const deciding = standing.at(-1);
  if (!deciding) return null;
  const agreeing = standing.filter((signal) => sameAnswer(signal, deciding));
  const weightOf = (some: readonly LabelSignal[]) => some.reduce((sum, signal) => sum + signal.weight, 0);
  return {
    ...answerOf(deciding),
    confidence: (weightOf(agreeing) + 1) / (weightOf(standing) + 2),
    conflict: agreeing.length < standing.length,
    exposed: agreeing.some((signal) => signal.exposed),
    signalIds: standing.map((signal) => signal.id),
  };
}

function answerOf(signal: LabelSignal): Pick<ResolvedLabel, 'verdict' | 'proposalNumber'> {
  if (signal.polarity === 'reject') return { verdict: 'not-the-choice', proposalNumber: null };
  return signal.proposalNumber === null
    ? { verdict: 'none-acceptable', proposalNumber: null }
    : { verdict: 'proposal', proposalNumber: signal.proposalNumber };
}

function sameAnswer(a: LabelSignal, b: LabelSignal): boolean {
  const [left, right] = [answerOf(a), answerOf(b)];
  return left.verdict === right.verdict && left.proposalNumber === right.proposalNumber;
}
