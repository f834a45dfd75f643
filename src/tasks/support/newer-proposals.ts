/** Proposals that came, or got another text, after a decision's snapshot: its readers are told by one line. */
import type { JudgeInput } from '../../pipeline/judge/types.ts';
import type { AppContext, Db } from '../../ports.ts';
import { decisionStore, proposalStore } from '../../store/index.ts';
import { refreshDecisionComment } from './decision-comment.ts';

/** People edit several times in a row: the line about newer proposals waits this long. */
const DEBOUNCE_MS = 60_000;

/** Numbers of the proposals that are not what the snapshot holds. */
export async function newerThan(tx: Db, issueId: number, input: JudgeInput): Promise<number[]> {
  const judged = new Map(input.candidates.map((one) => [one.number, one.revisions.at(-1)?.hash]));
  const live = await proposalStore.liveProposals(tx, issueId);
  return live
    .filter(({ proposal }) => judged.get(proposal.number) !== proposal.currentHash)
    .map(({ proposal }) => proposal.number);
}

/** Adds the numbers to the line in the decision's comment; those that stand there already change nothing. */
export async function announceNewer(
  ctx: AppContext,
  tx: Db,
  decision: decisionStore.Decision,
  numbers: readonly number[],
): Promise<void> {
  const all = new Set([...decision.newerProposals, ...numbers]);
  if (all.size === decision.newerProposals.length) return;
  await decisionStore.updateDecision(tx, decision.id, { newerProposals: [...all].toSorted((a, b) => a - b) });
  const notBefore = new Date(ctx.clock.now().getTime() + DEBOUNCE_MS);
  await refreshDecisionComment(ctx, tx, decision.id, { notBefore });
}
