/**
 * The embedded judge: a transparent ranker that needs no model. It reads the proposals, measures them, weighs the
 * measures in a conditional logit and says in words what made the difference. Pure and deterministic.
 */
import type { Judge, JudgeInput, JudgeOptions, Verdict } from '../types.ts';
import { assess } from './assess.ts';
import { differences, explain, type Ranking } from './explain.ts';
import { type Analysed, type AnalysedThread, analyse, isPlan } from './features.ts';
import { goldenProposal } from './golden.ts';
import { softmax, utility } from './logit.ts';
import { strengthOf, weaknessOf } from './phrases.ts';
import { ideaTimeline } from './timeline.ts';
import { type TrainedWeights, weightsFor } from './trained.ts';
import { readWithHidden, withoutDefences } from './undefended.ts';
import { HAND_WEIGHTS, THRESHOLDS, type Weights } from './weights.ts';

export const EMBEDDED_MODEL = 'embedded-1';

export interface EmbeddedSwitches {
  /** False is for measuring what they are worth: see undefended.ts. */
  readonly defences?: boolean;
}

/**
 * A judge that runs in this process, in milliseconds a thread. It rejects only when aborted.
 * @param trained weights and name after a refit; those set by hand, `embedded-1`, when null
 */
export function createEmbeddedJudge(
  trained: TrainedWeights | null = null,
  { defences = true }: EmbeddedSwitches = {},
): Judge {
  const own = trained?.name ?? EMBEDDED_MODEL;
  const name = defences ? own : `${own}-undefended`;
  return {
    name,
    async judge(input: JudgeInput, { signal }: JudgeOptions = {}): Promise<Verdict> {
      signal?.throwIfAborted();
      const started = performance.now();
      const weights = trained === null ? HAND_WEIGHTS : weightsFor(trained, input.repository);
      const verdict = defences
        ? verdictOn(input, analyse(input), weights, name)
        : verdictOn(input, analyse(input, readWithHidden), withoutDefences(weights), name);
      signal?.throwIfAborted();
      const vote = {
        order: input.candidates.map(({ number }) => number),
        chosen: verdict.chosen,
        prompt: null,
        answer: null,
        thinking: null,
        promptTokens: null,
        completionTokens: null,
        durationMs: performance.now() - started,
        error: null,
      };
      return { ...verdict, votes: [vote] };
    },
  };
}

type Outcome = 'chosen' | 'close' | 'unacceptable';

function verdictOn(
  input: JudgeInput,
  thread: AnalysedThread,
  weights: Weights,
  model: string,
): Omit<Verdict, 'votes'> {
  const { proposals } = thread;
  const probabilities = softmax(proposals.map(({ vector }) => utility(vector, weights)));
  const ranking = rank(proposals, probabilities);
  const outcome = outcomeOf(ranking, weights);
  const [first] = ranking.order;
  const chosen = outcome === 'chosen' && first !== undefined ? first : null;
  return {
    judge: 'embedded',
    model,
    promptVersion: 'none',
    votePolicy: 'single',
    chosen: chosen?.read.candidate.number ?? null,
    abstained: chosen === null,
    forcedChoice: first?.read.candidate.number ?? null,
    abstainReason: chosen === null ? abstainReason(ranking, outcome) : null,
    wouldDecide: wouldDecide(ranking, outcome, weights),
    confidence: confidence(first, Math.max(0, ...probabilities)),
    calibrated: false,
    explanation: explain(ranking, weights, outcome),
    goldenProposal: chosen === null ? '' : goldenProposal(input, chosen, proposals, thread.terms),
    assessments: assess(proposals, probabilities, weights),
    ideas: ideaTimeline(thread),
  };
}

function rank(thread: readonly Analysed[], probabilities: readonly number[]): Ranking {
  const indices = thread.map((_, index) => index);
  indices.sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0) || a - b);
  return { thread, order: indices.flatMap((index) => thread[index] ?? []) };
}

function outcomeOf({ order }: Ranking, weights: Weights): Outcome {
  const [first, second] = order;
  if (first === undefined || !isPlan(first)) return 'unacceptable';
  if (second === undefined) return 'chosen';
  const gap = utility(first.vector, weights) - utility(second.vector, weights);
  return gap < THRESHOLDS.close ? 'close' : 'chosen';
}

/** P(first among them) times P(acceptable at all), the latter a logistic in its merit. 0 without proposals. */
function confidence(first: Analysed | undefined, probability: number): number {
  if (first === undefined) return 0;
  return probability / (1 + Math.exp(-THRESHOLDS.meritSlope * (first.merit - THRESHOLDS.merit)));
}

function abstainReason({ order }: Ranking, outcome: Outcome): string {
  const [first, second] = order;
  if (first === undefined) return 'There are no proposals.';
  if (outcome === 'close' && second !== undefined) {
    const [low, high] = [first, second].map((p) => p.read.candidate.number).sort((a, b) => a - b);
    return `Proposals ${low} and ${high} are too close to choose between them.`;
  }
  if (order.some(isPlan)) {
    return `Proposal ${first.read.candidate.number} comes out first and does not say what to change; the others have faults that weigh more.`;
  }
  return order.length === 1
    ? 'The only proposal does not say what to change.'
    : 'No proposal says definitely enough what to change.';
}

/** What a maintainer could look at, or an author could add, that would settle it. */
function wouldDecide({ order, thread }: Ranking, outcome: Outcome, weights: Weights): string | null {
  const [first, second] = order;
  if (outcome === 'unacceptable') {
    const plan = order.find(isPlan);
    if (plan)
      return `Whether proposal ${plan.read.candidate.number} solves the issue in spite of its faults.`;
    return 'A proposal that names the cause in the code and says what to change there would decide it.';
  }
  if (first === undefined || second === undefined) return null;
  const gap = utility(first.vector, weights) - utility(second.vector, weights);
  if (gap > 4 * THRESHOLDS.close) return null;
  const a = `proposal ${first.read.candidate.number}`;
  const b = `proposal ${second.read.candidate.number}`;
  const ahead = bestPhrase(first, second, thread, weights);
  const behind = bestPhrase(second, first, thread, weights);
  if (ahead !== null && behind !== null)
    return `Whether it weighs more that ${a} ${ahead}, or that ${b} ${behind}.`.replaceAll('`', '');
  const open = differences(first, second, weights).find(
    ({ name }) => weaknessOf(name, second, thread) !== null,
  );
  if (open === undefined) return `Trying out ${a} and ${b}, for their texts do not settle it.`;
  return `P${b.slice(1)} ${weaknessOf(open.name, second, thread)}; filling that in would decide it.`.replaceAll(
    '`',
    '',
  );
}

/** What most favours one over the other, in words; null when nothing does. */
function bestPhrase(
  one: Analysed,
  other: Analysed,
  thread: readonly Analysed[],
  weights: Weights,
): string | null {
  const favour = differences(one, other, weights).filter(({ gap }) => gap > 0);
  return favour.map(({ name }) => strengthOf(name, one, thread)).find((phrase) => phrase !== null) ?? null;
}
