/** Puts the verdict together from votes and words. */
import type { Assessment, JudgeInput, Verdict } from '../types.ts';
import { applies, type Calibration, type CalibrationKey, calibrated } from './calibration.ts';
import type { Outcome, Result } from './outcome.ts';
import type { Choice } from './posterior.ts';
import type { Written } from './writer.ts';

const MAX_LINE = 240;
const MAX_WOULD_DECIDE = 500;

/** Vote share, or the probability of being right where labels allow it. */
export function confidenceOf(
  result: Result,
  key: CalibrationKey,
  calibration: Calibration | null,
): Pick<Verdict, 'confidence' | 'calibrated'> {
  if (result.cast === 0) return { confidence: 0, calibrated: false };
  if (result.outcome.kind === 'chosen' && calibration !== null && applies(calibration, key)) {
    return { confidence: calibrated(calibration, result.votesFor, result.cast), calibrated: true };
  }
  return { confidence: result.votesFor / result.cast, calibrated: false };
}

/** The proposal with the most votes, playoffs included; null when there was not one vote for any. */
export function mostVoted(result: Result): number | null {
  if (result.outcome.kind === 'chosen') return result.outcome.number;
  const votes = votesByNumber(result);
  const best = Math.max(0, ...votes.values());
  const leaders = [...votes].filter(([, count]) => count === best).map(([number]) => number);
  return leaders.length === 0 ? null : Math.min(...leaders);
}

function votesByNumber({ counts, playoff }: Result): Map<number, number> {
  const votes = new Map<number, number>();
  for (const { choice, votes: count } of counts) if (choice !== null) votes.set(choice, count);
  for (const choice of playoff) if (choice !== null) votes.set(choice, (votes.get(choice) ?? 0) + 1);
  return votes;
}

export function abstainReason({ outcome, counts, cast, playoff }: Result): string | null {
  switch (outcome.kind) {
    case 'chosen':
      return null;
    case 'none': {
      const votes = counts.find(({ choice }) => choice === null)?.votes ?? 0;
      const settled = playoff.length > 0 ? ', and so did both passes of the playoff' : '';
      return `${votes} of ${cast} votes found no proposal acceptable${settled}.`;
    }
    case 'close': {
      const [one, other] = outcome.between.map(nameOf);
      return `It is too close between ${one} and ${other}.`;
    }
    default:
      return outcome satisfies never;
  }
}

function nameOf(choice: Choice): string {
  return choice === null ? 'choosing none' : `proposal ${choice}`;
}

/** The model's own words for an abstention, otherwise what speaks against the leaders. */
export function wouldDecide({ outcome, counts }: Result, written: Written): string | null {
  if (outcome.kind !== 'chosen' && written.golden !== '') return oneLine(written.golden, MAX_WOULD_DECIDE);
  const rivals = rivalsOf(
    outcome,
    counts.map(({ choice }) => choice),
  );
  if (rivals.length === 0) return outcome.kind === 'none' ? NO_PLAN : null;
  const doubts = rivals.flatMap((number) => {
    const weakness = written.assessments.get(number)?.weakness ?? '';
    return weakness === '' ? [] : [`proposal ${number}: ${oneLine(weakness, 160)}`];
  });
  const [one, other] = rivals.map((number) => `proposal ${number}`);
  if (doubts.length > 0) return `Settling what speaks against the leaders (${doubts.join('; ')}).`;
  return other === undefined
    ? `Trying out whether ${one} solves the issue.`
    : `Trying out ${one} and ${other} on the steps of the issue.`;
}

const NO_PLAN = 'A proposal that names the cause in the code and says what to change there would decide it.';

function rivalsOf(outcome: Outcome, choices: readonly Choice[]): number[] {
  if (outcome.kind === 'close') return outcome.between.filter((choice) => choice !== null);
  const others = choices.filter((choice) => choice !== null);
  return outcome.kind === 'chosen' && others.length > 1 ? others.slice(0, 2) : [];
}

/**
 * One line a proposal, in posting order. The probability is the mean of a Dirichlet posterior over the votes with
 * one vote's worth of prior spread over all proposals: (votes + 1/n) / (all votes for proposals + 1).
 */
export function assessmentsOf(input: JudgeInput, result: Result, written: Written): Assessment[] {
  const votes = votesByNumber(result);
  const all = [...votes.values()].reduce((sum, count) => sum + count, 0);
  return input.candidates.map(({ number }) => {
    const words = written.assessments.get(number);
    return {
      number,
      strength: oneLine(words?.strength ?? '', MAX_LINE),
      weakness: oneLine(words?.weakness ?? '', MAX_LINE),
      probability: ((votes.get(number) ?? 0) + 1 / input.candidates.length) / (all + 1),
    };
  });
}

function oneLine(text: string, limit: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= limit
    ? line
    : `${line
        .slice(0, limit - 1)
        .toWellFormed()
        .trimEnd()}…`;
}
