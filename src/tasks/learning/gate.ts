/**
 * Puts a candidate to the gate: the holdout's next decisions are answered by it, by the incumbent and by the base, and
 * compared. Asking again goes on where it ended; a verdict that was given stands.
 */
import { randomUUID } from 'node:crypto';
import { clusterBound } from '../../pipeline/promotion/clusters.ts';
import {
  detectableDifference,
  type GateResult,
  type PairedDecision,
  runGate,
} from '../../pipeline/promotion/gate.ts';
import { allPass, checkGuards, type GuardResult, type Measurement } from '../../pipeline/promotion/guards.ts';
import { isChosenRightly, isRight } from '../../pipeline/promotion/is-right.ts';
import { renderGateReport } from '../../pipeline/promotion/report.ts';
import type { BenchmarkPair, BenchmarkScore, Figure, JudgeAccuracy } from '../../pipeline/promotion/types.ts';
import type { Share } from '../../statistics/difference.ts';
import { holdoutStore, modelStore } from '../../store/index.ts';
import { assertStillAdmitted, candidatesWithALook, enterEpoch } from './epoch.ts';
import { type EvaluatedJudge, evaluate } from './evaluate.ts';
import { promote } from './serve.ts';
import type { LearningContext } from './types.ts';

export interface GateOptions {
  /** How many candidates may share the level of an epoch that is opened for this one. */
  readonly candidatesPerEpoch: number;
  readonly signal?: AbortSignal;
}

export interface GateOutcome {
  readonly verdict: GateResult['verdict'];
  readonly report: string;
}

const BY = 'the gate';
/** Below this nobody waits, and the ratio of two small numbers is noise. */
const NOTICEABLE_MS = 100;

export async function putToGate(
  ctx: LearningContext,
  candidate: modelStore.ModelVersion,
  options: GateOptions,
): Promise<GateOutcome> {
  const epoch = await enterEpoch(ctx, candidate, options.candidatesPerEpoch, options.signal);
  const decisions = await holdoutStore.decisionsOf(ctx.db, epoch.id);
  const compared = await compare(ctx, candidate, decisions, options.signal);
  const result = runGate(compared.pairs, epoch.candidates);
  const sweLancer = result.verdict === 'wait' ? null : await onSweLancer(ctx, compared, options.signal);
  const guards = result.verdict === 'wait' ? [] : await guard(ctx, compared, sweLancer, options.signal);
  const bound = clusterBound(compared.pairs);
  const verdict = verdictOf(result, guards, bound);
  const used = new Set((await candidatesWithALook(ctx.db, epoch.id)).map(({ name }) => name));
  if (result.looks.length > 0) used.add(candidate.name);
  const figures = await draw(ctx, compared, result);
  const report = renderGateReport({
    candidate: candidate.name,
    incumbent: compared.incumbent.judge.name,
    verdict,
    result,
    guards,
    sweLancer,
    accuracy: compared.accuracy,
    figures,
    detectableDifference: detectableDifference(compared.pairs, epoch.candidates),
    clusterBound: bound,
    epoch: { id: epoch.id, candidates: epoch.candidates, used: used.size },
    at: ctx.clock.now().toISOString(),
  });
  await settle(ctx, candidate, { epoch, verdict, guards, report, figures, compared });
  return { verdict, report };
}

type Decision = Awaited<ReturnType<typeof holdoutStore.decisionsOf>>[number];

interface Compared {
  readonly decisions: readonly Decision[];
  readonly candidate: EvaluatedJudge;
  readonly incumbent: EvaluatedJudge;
  readonly pairs: readonly (PairedDecision & { readonly repositoryId: number })[];
  readonly answers: {
    readonly candidate: readonly holdoutStore.Evaluation[];
    readonly incumbent: readonly holdoutStore.Evaluation[];
  };
  readonly accuracy: readonly JudgeAccuracy[];
}

async function compare(
  ctx: LearningContext,
  version: modelStore.ModelVersion,
  decisions: readonly Decision[],
  signal?: AbortSignal,
): Promise<Compared> {
  const { version: stable } = await modelStore.servedOn(ctx.db, version.kind, 'stable');
  const candidate = open(ctx, version);
  const incumbent = open(ctx, stable);
  const base = open(ctx, null);
  const of = async (judge: EvaluatedJudge) => {
    const known = await evaluate(ctx, judge, decisions, signal);
    return decisions.flatMap(({ snapshotId }) => known.get(snapshotId) ?? []);
  };
  const answers = { candidate: await of(candidate), incumbent: await of(incumbent) };
  const right = (given: readonly holdoutStore.Evaluation[]) =>
    decisions.map((decision, index) => isRight(decision, given[index]));
  const [candidateRight, incumbentRight] = [right(answers.candidate), right(answers.incumbent)];
  const baseDecides = base.judge.name === incumbent.judge.name;
  const accuracy = (
    role: JudgeAccuracy['role'],
    { judge }: EvaluatedJudge,
    answered: readonly boolean[],
  ) => ({
    name: judge.name,
    role,
    right: answered.filter(Boolean).length,
    decisions: decisions.length,
  });
  return {
    decisions,
    candidate,
    incumbent,
    answers,
    pairs: decisions.map(({ repositoryId }, index) => ({
      repositoryId,
      candidateRight: candidateRight[index] ?? false,
      incumbentRight: incumbentRight[index] ?? false,
    })),
    accuracy: [
      accuracy('candidate', candidate, candidateRight),
      accuracy(baseDecides ? 'incumbent and base' : 'incumbent', incumbent, incumbentRight),
      ...(baseDecides ? [] : [accuracy('base', base, right(await of(base)))]),
    ],
  };
}

async function draw(
  { learning }: LearningContext,
  { accuracy }: Compared,
  { looks }: GateResult,
): Promise<readonly Figure[]> {
  if (!learning.drawGate) return [];
  const numbers = looks.map(({ look, pValue, candidateOnly, incumbentOnly }) => ({
    ...look,
    pValue,
    candidateOnly,
    incumbentOnly,
  }));
  return learning.drawGate({ accuracy, looks: numbers });
}

/** Models vote over shuffled orders: another seed shows other ones. The embedded judge has no chance in it. */
function open({ judges }: LearningContext, version: modelStore.ModelVersion | null): EvaluatedJudge {
  const reordered = judges.kind === 'model' ? judges.open(version, { seed: 'another order' }) : null;
  return { judge: judges.open(version), reordered };
}

/** @returns null where the operator has not got the file */
async function onSweLancer(
  { learning: { measureSweLancer } }: LearningContext,
  { candidate, incumbent }: Compared,
  signal?: AbortSignal,
): Promise<BenchmarkPair | null> {
  if (!measureSweLancer) return null;
  return {
    candidate: await measureSweLancer(candidate.judge, signal),
    incumbent: await measureSweLancer(incumbent.judge, signal),
  };
}

async function guard(
  ctx: LearningContext,
  compared: Compared,
  sweLancer: BenchmarkPair | null,
  signal?: AbortSignal,
): Promise<GuardResult[]> {
  const { candidate, incumbent } = compared.answers;
  const share = (
    answers: readonly holdoutStore.Evaluation[],
    holds: (answer: holdoutStore.Evaluation) => boolean,
  ) => ({ successes: answers.filter(holds).length, trials: answers.length });
  const both = (holds: (answer: holdoutStore.Evaluation) => boolean): Measurement => ({
    candidate: share(candidate, holds),
    incumbent: share(incumbent, holds),
  });
  const chosen = (answers: readonly holdoutStore.Evaluation[]): Share => ({
    successes: compared.decisions.filter((label, index) => isChosenRightly(label, answers[index])).length,
    trials: compared.decisions.filter(({ verdict }) => verdict === 'proposal').length,
  });
  const seconds = (answers: readonly holdoutStore.Evaluation[]) =>
    answers.map(({ durationMs }) => Math.max(durationMs, NOTICEABLE_MS) / 1000);
  const { measureAttacks } = ctx.learning;
  return checkGuards({
    format: both(({ validFormat }) => validFormat),
    grounding: both(({ grounded }) => grounded),
    abstention: { candidate: chosen(candidate), incumbent: chosen(incumbent) },
    flips: both(({ flipped }) => flipped === true),
    latency: { candidate: seconds(candidate), incumbent: seconds(incumbent) },
    ...(sweLancer && {
      'swe-lancer': { candidate: shareOf(sweLancer.candidate), incumbent: shareOf(sweLancer.incumbent) },
    }),
    ...(measureAttacks && {
      attacks: {
        candidate: await measureAttacks(compared.candidate.judge, signal),
        incumbent: await measureAttacks(compared.incumbent.judge, signal),
      },
    }),
  });
}

function shareOf({ right, tasks }: BenchmarkScore): Share {
  return { successes: right, trials: tasks };
}

function verdictOf(
  { verdict }: GateResult,
  guards: readonly GuardResult[],
  bound: number | null,
): GateResult['verdict'] {
  if (verdict !== 'promote') return verdict;
  return allPass(guards) && (bound === null || bound > 0) ? 'promote' : 'keep';
}

async function settle(
  ctx: LearningContext,
  candidate: modelStore.ModelVersion,
  found: {
    readonly epoch: holdoutStore.HoldoutEpoch;
    readonly verdict: GateResult['verdict'];
    readonly guards: readonly GuardResult[];
    readonly report: string;
    readonly figures: readonly Figure[];
    readonly compared: Compared;
  },
): Promise<void> {
  const { epoch, verdict, compared } = found;
  const at = ctx.clock.now();
  await ctx.db.transaction(async (tx) => {
    await modelStore.lockRegistry(tx);
    await assertStillAdmitted(tx, candidate, epoch);
    await holdoutStore.insertGateReport(tx, {
      id: randomUUID(),
      epochId: epoch.id,
      candidate: candidate.name,
      incumbent: compared.incumbent.judge.name,
      verdict,
      failedGuards: found.guards.filter((guard) => guard.verdict === 'failed').map(({ name }) => name),
      decisions: compared.pairs.length,
      report: found.report,
      figures: [...found.figures],
      at,
    });
    if (verdict === 'wait') return;
    if (verdict === 'promote') await promote({ db: tx, clock: ctx.clock }, candidate, BY);
    else await modelStore.setModelState(tx, candidate.id, 'rejected', verdict);
  });
}
