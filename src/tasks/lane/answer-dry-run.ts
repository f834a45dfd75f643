/** A dry run decides nothing, but whoever asked for it is told its choice, and then anybody can read that. */
import type { JudgeInput, Verdict } from '../../pipeline/judge/types.ts';
import type { AppContext, Db } from '../../ports.ts';
import { type commandStore, decisionStore, evidenceStore, type issueStore } from '../../store/index.ts';
import { wantDryRunResult } from '../support/notices.ts';

const SECOND_MS = 1_000;

/** In the transaction that records the decision. The labels are to be resolved after it. */
export async function answerDryRun(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
  asker: commandStore.Command,
  result: { readonly decisionId: string; readonly verdict: Verdict; readonly input: JudgeInput },
): Promise<void> {
  await wantDryRunResult(ctx, tx, issue, asker, result);
  // From before GitHub can have it on, and GitHub dates what people say in whole seconds.
  const now = ctx.clock.now().getTime();
  const shownAt = new Date(now - (now % SECOND_MS));
  await decisionStore.updateDecision(tx, result.decisionId, { shownAt });
  await evidenceStore.markExposed(tx, issue.id, shownAt);
}
