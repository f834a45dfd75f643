/** Which labels a person's minute is best spent on. */

export interface ReviewableLabel {
  readonly verdict: 'proposal' | 'none-acceptable' | 'not-the-choice';
  readonly confidence: number;
  readonly conflict: boolean;
  readonly exposed: boolean;
  readonly ownProposal: boolean;
  readonly decidedBy: string;
}

/** Labels that are worth less than this are sure enough. */
export const WORTH_A_LOOK = 0.25;

/**
 * From 0 to about 1.5: how unsure the label is, more when evidence disagrees or only its author's own word stands
 * behind it, more when it could serve evaluation, which needs unexposed labels. A reviewed one is settled.
 */
export function usefulnessOf(label: ReviewableLabel): number {
  if (label.decidedBy === 'review') return 0;
  // Knowing only what is wrong trains nothing until somebody says what is right.
  const doubt = label.verdict === 'not-the-choice' ? 0.6 : 1 - label.confidence;
  const disputed = (label.conflict ? 0.3 : 0) + (label.ownProposal ? 0.2 : 0);
  return (doubt + disputed) * (label.exposed ? 0.8 : 1);
}
