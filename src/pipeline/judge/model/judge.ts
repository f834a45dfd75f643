/**
 * The served model as a judge: pack the prompt, hold rounds where there are too many proposals, vote over shuffled
 * orders, settle what is close, have the outcome written once. Every call stands in the verdict's votes.
 */
import { createHash } from 'node:crypto';
import { analyse } from '../embedded/features.ts';
import { ideaTimeline } from '../embedded/timeline.ts';
import { promptVersion } from '../prompt/messages.ts';
import { createPacker } from '../prompt/pack.ts';
import { loadQwen3Tokens, type TokenCounter } from '../prompt/tokens.ts';
import type { Judge, JudgeInput, JudgeOptions, Verdict } from '../types.ts';
import { runBallot, runRounds } from './ballot.ts';
import type { Calibration, CalibrationKey } from './calibration.ts';
import { type Result, settle } from './outcome.ts';
import { type ModelVote, runNeededPass, type Session } from './pass.ts';
import { type ModelSettings, type ModelSettingsInput, policyName, resolveSettings } from './policy.ts';
import type { InferenceClient } from './port.ts';
import { servedModel } from './served-model.ts';
import { statsOf, type VoteStats } from './stats.ts';
import { abstainReason, assessmentsOf, confidenceOf, mostVoted, wouldDecide } from './verdict.ts';
import { type Written, write } from './writer.ts';

export interface ModelJudgeOptions extends ModelSettingsInput {
  readonly client: InferenceClient;
  /** Served model or LoRA adapter; null takes the first that the service lists. */
  readonly model?: string | null;
  /** Name and version that decisions are recorded under; the served name when left out. */
  readonly name?: string;
  /** Asked for each judgement; what it gives is used only where it fits model, prompt and policy. */
  readonly calibration?: (key: CalibrationKey) => Promise<Calibration | null>;
  /** Source of all chance in a judgement; a hash of the input when left out, so that runs repeat. */
  readonly seed?: (input: JudgeInput) => string;
  /** Qwen3's tokenizer when left out. */
  readonly counter?: TokenCounter;
}

/** A verdict with everything that was asked for it. */
export interface ModelVerdict extends Verdict {
  readonly votes: readonly ModelVote[];
  readonly stats: VoteStats;
}

export interface ModelJudge extends Judge {
  readonly votePolicy: string;
  readonly promptVersion: string;
  /**
   * @throws JudgeError retryable when the service is down, not retryable when its answers stay invalid or it
   * refuses the request; the signal's reason when aborted.
   */
  judge(input: JudgeInput, options?: JudgeOptions): Promise<ModelVerdict>;
}

/** @throws RangeError for a policy that makes no sense. */
export function createModelJudge(options: ModelJudgeOptions): ModelJudge {
  const settings = resolveSettings(options);
  const version = promptVersion(partsOf(settings), settings.switches.defences);
  const votePolicy = policyName(settings);
  return {
    name: options.name ?? options.model ?? 'the served model',
    votePolicy,
    promptVersion: version,
    async judge(input, { signal } = {}) {
      signal?.throwIfAborted();
      // When one call ends the judgement, the others are hung up on.
      const over = new AbortController();
      const stop = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
      try {
        const model = await servedModel(options.client, options.model ?? null, stop);
        const key = { model: options.name ?? model, promptVersion: version, votePolicy };
        const session = await openSession(input, model, options, settings, stop);
        const found = await decide(session, input);
        const calibration = (await options.calibration?.(key)) ?? null;
        return {
          judge: 'model',
          ...key,
          ...verdictOf(input, found),
          ...confidenceOf(found.result, key, calibration),
          ideas: ideaTimeline(analyse(input)),
          votes: session.votes,
          stats: statsOf(session.votes, settings.policy.votes),
        };
      } finally {
        over.abort();
      }
    },
  };
}

function partsOf({ switches }: ModelSettings) {
  return { explanation: switches.explanation, goldenProposal: switches.goldenProposal };
}

async function openSession(
  input: JudgeInput,
  model: string,
  options: ModelJudgeOptions,
  settings: ModelSettings,
  signal: AbortSignal,
): Promise<Session> {
  const counter = options.counter ?? (await loadQwen3Tokens());
  const { budget, switches } = settings;
  const packer = await createPacker(input, {
    counter,
    promptTokens: budget.prompt,
    parts: partsOf(settings),
    defences: switches.defences,
    thinking: switches.thinking,
  });
  const seed = options.seed?.(input) ?? inputSeed(input);
  return {
    client: options.client,
    model,
    settings,
    parts: partsOf(settings),
    packer,
    counter,
    seed,
    signal,
    votes: [],
  };
}

/** The same thread is shuffled the same way, whoever judges it and whenever. */
function inputSeed(input: JudgeInput): string {
  const texts = input.candidates.map(({ number, body }) => [number, body]);
  const text = JSON.stringify([
    input.repository,
    input.issue.number,
    input.issue.title,
    input.issue.body,
    texts,
  ]);
  return createHash('sha256').update(text).digest('hex');
}

interface Decided {
  readonly result: Result;
  readonly written: Written;
  readonly forced: number | null;
}

async function decide(session: Session, input: JudgeInput): Promise<Decided> {
  const all = input.candidates.map(({ number }) => number);
  if (all.length === 0) return NO_CANDIDATES;
  const numbers = await runRounds(session, all);
  const { policy } = session.settings;
  const ballot = await runBallot(session, {
    kind: 'vote',
    label: 'vote',
    numbers,
    allowNull: true,
    rule: policy,
    firstFull: true,
  });
  const result = await settle(session, ballot);
  const written = await write(session, input, numbers, result.outcome, ballot.first);
  return { result, written, forced: mostVoted(result) ?? (await forcedChoice(session, numbers)) };
}

const NO_CANDIDATES: Decided = {
  result: { outcome: { kind: 'none' }, counts: [], votesFor: 0, cast: 0, playoff: [] },
  written: { explanation: 'There are no proposals.', golden: '', assessments: new Map() },
  forced: null,
};

/** Every vote was for none: asked once more without that way out, the earliest proposal if even that fails. */
async function forcedChoice(session: Session, numbers: readonly number[]): Promise<number | null> {
  const earliest = Math.min(...numbers);
  if (numbers.length === 1 || !session.settings.policy.force) return earliest;
  const pass = await runNeededPass(session, {
    kind: 'forced',
    label: 'forced',
    order: numbers,
    allowNull: false,
    full: false,
    note: () => 'None may be good enough, yet name the one you would take if you had to: the id is not null.',
  });
  return pass.choice ?? earliest;
}

function verdictOf(input: JudgeInput, { result, written, forced }: Decided) {
  const chosen = result.outcome.kind === 'chosen' ? result.outcome.number : null;
  const empty = input.candidates.length === 0;
  return {
    chosen,
    abstained: chosen === null,
    forcedChoice: forced,
    abstainReason: empty ? 'There are no proposals.' : abstainReason(result),
    wouldDecide: wouldDecide(result, written),
    explanation: written.explanation,
    goldenProposal: chosen === null ? '' : written.golden,
    assessments: assessmentsOf(input, result, written),
  };
}
