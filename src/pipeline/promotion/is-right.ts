import type { GivenAnswer, LabelledAnswer } from './types.ts';

/**
 * Where maintainers took a proposal, its number is right, also as the forced choice of an answer that abstains. Where
 * they took none, abstaining is right, for whatever reason. No answer is wrong. So abstaining costs nothing here:
 * `isChosenRightly` is what keeps it from paying.
 */
export function isRight(label: LabelledAnswer, answer: GivenAnswer | undefined): boolean {
  if (!answer) return false;
  return label.verdict === 'none-acceptable' ? answer.abstained : answer.chosen === label.proposalNumber;
}

/** Whether the proposal that maintainers took was chosen, and not held back by an abstention. */
export function isChosenRightly(label: LabelledAnswer, answer: GivenAnswer | undefined): boolean {
  return label.verdict === 'proposal' && answer?.abstained === false && isRight(label, answer);
}
