import type { Verdict } from '../../src/pipeline/judge/types.ts';

/** What a judge says that chooses this proposal and gives no reasons. */
export function bareVerdict(model: string, chosen: number): Verdict {
  return {
    judge: 'embedded',
    model,
    promptVersion: 'none',
    votePolicy: 'single',
    chosen,
    abstained: false,
    forcedChoice: chosen,
    abstainReason: null,
    wouldDecide: null,
    confidence: 0.8,
    calibrated: false,
    explanation: '',
    goldenProposal: 'Do it.',
    assessments: [],
    votes: [],
    ideas: [],
  };
}
