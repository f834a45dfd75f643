import { castVotes, shareOf } from '../judge/cast.ts';
import { percent } from './parts.ts';
import type { VerdictView } from './views.ts';

/**
 * How sure the judge is, and what its number is. The model's is the share of its votes until labels calibrate it;
 * the embedded judge casts no votes worth counting, its number is the probability that its ranker gives.
 */
export function confidenceText(verdict: VerdictView): string {
  const sure = percent(verdict.confidence);
  if (verdict.judge === 'model') {
    const kind = verdict.calibrated ? 'calibrated' : 'uncalibrated vote share';
    return `confidence ${sure} (${kind}), ${votesText(verdict)}`;
  }
  const kind = verdict.calibrated ? 'calibrated' : 'its own estimate, uncalibrated';
  return verdict.chosen === null
    ? `at most ${sure} for any of them (${kind})`
    : `confidence ${sure} (${kind})`;
}

function votesText(verdict: VerdictView): string {
  const { votesFor } = shareOf(verdict.votes, verdict.chosen);
  const cast = castVotes(verdict.votes);
  const failed = cast.filter((vote) => vote.error !== null).length;
  const valid = cast.length - failed;
  const votes = `${valid} ${valid === 1 ? 'vote' : 'votes'}`;
  // Nobody voted for "too close": it is what the votes came to.
  const share = verdict.chosen === null && votesFor === 0 ? votes : `${votesFor} of ${votes}`;
  return failed === 0 ? share : `${share} (${failed} failed)`;
}
