import { JudgeError } from '../../errors.ts';
import type { JudgeInput, Verdict } from '../judge/types.ts';

/**
 * The last guard between a judge and the record: what it chose must be in the frozen snapshot.
 * @throws JudgeError when the verdict names a proposal that is not there or contradicts itself.
 */
export function checkVerdict(verdict: Verdict, input: JudgeInput): void {
  const numbers = new Set(input.candidates.map((candidate) => candidate.number));
  const problems = [
    verdict.chosen !== null &&
      !numbers.has(verdict.chosen) &&
      `chose proposal ${verdict.chosen}, which is not in the snapshot`,
    (verdict.chosen === null) !== verdict.abstained && 'is neither a choice nor an abstention',
    verdict.forcedChoice !== null &&
      !numbers.has(verdict.forcedChoice) &&
      'its forced choice is not in the snapshot',
    !(verdict.confidence >= 0 && verdict.confidence <= 1) && `has confidence ${verdict.confidence}`,
    verdict.assessments.some((line) => !numbers.has(line.number)) &&
      'assesses a proposal that is not in the snapshot',
    verdict.votes.some((vote) => vote.chosen !== null && !numbers.has(vote.chosen)) &&
      'holds a vote for a proposal that is not in the snapshot',
  ].filter((problem) => problem !== false);
  if (problems.length > 0) {
    throw new JudgeError(
      `The verdict of ${verdict.model} cannot be used: it ${problems.join('; it ')}.`,
      'This is a defect of the judge; the run is failed and nothing is posted as a choice.',
      { retryable: false, garbled: true },
    );
  }
}
