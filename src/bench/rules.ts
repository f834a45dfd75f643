/** Trivial rules in the shape of a judge: what any judge must beat. They never abstain and read no content. */
import type { Candidate, Judge, JudgeInput, Verdict } from '../pipeline/judge/types.ts';
import { type Random, seeded } from '../statistics/random.ts';

/** Takes the proposal that stands first. */
export function firstRule(): Judge {
  return rule('first', ({ candidates }) => candidates[0]);
}

/** Takes the longest text in code points, as Python's `len` counts; the earlier one of equals. */
export function longestRule(): Judge {
  return rule('longest', ({ candidates }) => longest(candidates));
}

/** Takes any, with equal chance. Tasks must be judged in one order for a seed to mean the same choices. */
export function randomRule(seed: number): Judge {
  const random: Random = seeded(seed ^ 0x9e3779b9); // Another stream than the bootstrap's of the same seed.
  return rule('random', ({ candidates }) => candidates[Math.floor(random() * candidates.length)]);
}

export function longest(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.reduce<Candidate | undefined>(
    (best, candidate) => (best !== undefined && textLength(best) >= textLength(candidate) ? best : candidate),
    undefined,
  );
}

/** Code points. */
export function textLength({ body }: { readonly body: string }): number {
  let length = 0;
  for (const _ of body) length += 1;
  return length;
}

function rule(name: string, choose: (input: JudgeInput) => Candidate | undefined): Judge {
  return {
    name,
    async judge(input) {
      return verdict(name, input, choose(input)?.number ?? null);
    },
  };
}

/** A rule has no idea how sure it is: its confidence is an equal share. */
function verdict(model: string, { candidates }: JudgeInput, chosen: number | null): Verdict {
  const share = candidates.length > 0 ? 1 / candidates.length : 0;
  return {
    judge: 'embedded',
    model,
    promptVersion: 'none',
    votePolicy: 'single',
    chosen,
    abstained: chosen === null,
    forcedChoice: chosen,
    abstainReason: chosen === null ? 'There are no proposals.' : null,
    wouldDecide: null,
    confidence: share,
    calibrated: false,
    explanation: '',
    goldenProposal: '',
    assessments: candidates.map(({ number }) => ({ number, strength: '', weakness: '', probability: share })),
    votes: [],
    ideas: [],
  };
}
