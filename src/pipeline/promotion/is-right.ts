import type { GivenAnswer, LabelledAnswer } from './types.ts';

/** Whoever says that none is acceptable is right exactly where maintainers took none. No answer is wrong. */
export function isRight(label: LabelledAnswer, answer: GivenAnswer | undefined): boolean {
  if (!answer) return false;
  return label.verdict === 'none-acceptable' ? answer.abstained : answer.chosen === label.proposalNumber;
}
