/** Has a judge answer snapshots that nobody sees the answers to, once each, and keeps what it said. */
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
  const options = signal ? { signal } : {};
  for (const { snapshotId, input } of snapshots) {
    if (known.has(snapshotId)) continue;
    signal?.throwIfAborted();
    const startedAt = performance.now();
    const verdict = await judge.judge(input, options);
    const durationMs = performance.now() - startedAt;
    const again = reordered ? await reordered.judge(input, options) : null;
    await holdoutStore.recordEvaluation(db, {
      snapshotId,
      model: judge.name,
      chosen: verdict.forcedChoice,
      abstained: verdict.abstained,
      validFormat: verdict.votes.every(({ error }) => error === null),
      grounded: isGrounded(verdict, input),
      flipped: again && again.forcedChoice !== verdict.forcedChoice,
      durationMs,
      error: null,
      judgedAt: clock.now(),
    });
  }
  return holdoutStore.evaluationsOf(db, judge.name, ids);
}

function isGrounded(verdict: Verdict, input: JudgeInput): boolean {
  const texts = [input.issue.title, input.issue.body, ...input.candidates.map(({ body }) => body)];
  const { identifiers, paths, links } = findUngrounded(verdict.goldenProposal, { texts });
  return identifiers.length + paths.length + links.length === 0;
}
