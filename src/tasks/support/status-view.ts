import type { StatusView } from '../../pipeline/comment/views.ts';
import type { AppContext, Db } from '../../ports.ts';
import { decisionStore, effectStore, type issueStore, proposalStore, runStore } from '../../store/index.ts';
import { isShown } from '../lane/is-shown.ts';
import { standingUrl, stateView } from './decision-comment.ts';
import { commentKey } from './want.ts';

/** Where an issue stands, from our own rows: of decisions only what GitHub shows, because anybody may ask. */
export async function statusView(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
): Promise<StatusView> {
  const proposals = await proposalStore.liveProposals(tx, issue.id);
  const [run] = (await runStore.openRuns(tx, issue.id)).filter(isShown);
  const decision = await decisionStore.latestPostedDecision(tx, issue.id);
  return {
    at: ctx.clock.now().toISOString(),
    proposals: proposals.map(({ proposal }) => ({
      number: proposal.number,
      authorLogin: proposal.authorLogin,
      url: proposal.url,
      revisionHash: proposal.currentHash,
    })),
    run: run
      ? {
          state: run.judgeDownSince ? 'waiting-for-judge' : run.startedAt ? 'running' : 'waiting',
          since: (run.judgeDownSince ?? run.startedAt ?? run.createdAt).toISOString(),
        }
      : null,
    decision: decision ? await decisionLine(tx, decision) : null,
    pausedBy: issue.pausedBy,
    postingStopped: issue.locked ? 'the issue is locked' : null,
  };
}

async function decisionLine(tx: Db, decision: decisionStore.Decision): Promise<StatusView['decision']> {
  const effect = await effectStore.findEffect(tx, commentKey('decision', decision.runId));
  return {
    id: decision.id,
    url: standingUrl(effect),
    judge: decision.judge,
    chosen: decision.chosen,
    state: stateView(decision),
    newerProposals: decision.newerProposals,
  };
}
