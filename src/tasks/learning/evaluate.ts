/** Has a judge answer snapshots that nobody sees the answers to, once each, and keeps what it said. */
import { isGarbled, JudgeError } from '../../errors.ts';
import { findUngrounded } from '../../pipeline/judge/model/grounding.ts';
import type { Judge, JudgeInput, Verdict } from '../../pipeline/judge/types.ts';
import type { Clock, Db } from '../../ports.ts';
import { holdoutStore } from '../../store/index.ts';

export interface Judged {
  readonly snapshotId: string;
  readonly input: JudgeInput;
}

/** The judge, and the same one showing the proposals in other orders; null where orders make no difference to it. */
export interface EvaluatedJudge {
  readonly judge: Judge;
  readonly reordered: Judge | null;
}

/** @returns what the judge answered to each snapshot, now or before */
export async function evaluate(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  { judge, reordered }: EvaluatedJudge,
  snapshots: readonly Judged[],
  signal?: AbortSignal,
): Promise<Map<string, holdoutStore.Evaluation>> {
  const ids = snapshots.map(({ snapshotId }) => snapshotId);
  const known = await holdoutStore.evaluationsOf(db, judge.name, ids);
  for (const { snapshotId, input } of snapshots) {
    if (known.has(snapshotId)) continue;
    signal?.throwIfAborted();
    const startedAt = performance.now();
    const answer = await ask(judge, input, signal);
    const durationMs = performance.now() - startedAt;
    const again = reordered ? await ask(reordered, input, signal) : null;
    await holdoutStore.recordEvaluation(db, {
      snapshotId,
      model: judge.name,
      ...(isVerdict(answer) ? readVerdict(answer, input) : GARBLED),
      flipped: again && forcedChoice(again) !== forcedChoice(answer),
      durationMs,
      error: isVerdict(answer) ? null : answer.message,
      judgedAt: clock.now(),
    });
  }
  return holdoutStore.evaluationsOf(db, judge.name, ids);
}

/** Answers that cannot be used are wrong ones: a model that gives them must not escape the comparison. */
const GARBLED = { chosen: null, abstained: false, validFormat: false, grounded: false } as const;

/** @throws what the judge throws, but for answers that cannot be used: these are the result */
async function ask(judge: Judge, input: JudgeInput, signal?: AbortSignal): Promise<Verdict | JudgeError> {
  try {
    return await judge.judge(input, signal ? { signal } : {});
  } catch (error) {
    if (isGarbled(error)) return error;
    throw error;
  }
}

function isVerdict(answer: Verdict | JudgeError): answer is Verdict {
  return !(answer instanceof JudgeError);
}

function forcedChoice(answer: Verdict | JudgeError): number | null | undefined {
  return isVerdict(answer) ? answer.forcedChoice : undefined;
}

function readVerdict(verdict: Verdict, input: JudgeInput) {
  return {
    chosen: verdict.forcedChoice,
    abstained: verdict.abstained,
    validFormat: verdict.votes.every(({ error }) => error === null),
    grounded: isGrounded(verdict, input),
  };
}

function isGrounded(verdict: Verdict, input: JudgeInput): boolean {
  const texts = [input.issue.title, input.issue.body, ...input.candidates.map(({ body }) => body)];
  const { identifiers, paths, links } = findUngrounded(verdict.goldenProposal, { texts });
  return identifiers.length + paths.length + links.length === 0;
}
