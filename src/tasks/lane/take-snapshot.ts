/** Reads the thread from GitHub, brings our record of it up to date, and freezes what the command was about. */
import { type Cutoff, freezeSnapshot } from '../../pipeline/decision/snapshot.ts';
import type { JudgeInput } from '../../pipeline/judge/types.ts';
import type { AppContext } from '../../ports.ts';
import { commandStore, evidenceStore, issueStore, proposalStore, type runStore } from '../../store/index.ts';
import { findVanished } from '../erasure/find-vanished.ts';
import { forgetDeleted } from '../erasure/forget-deleted.ts';
import { keepPastTexts, readPastTexts } from '../support/past-texts.ts';
import { syncThread } from '../support/sync-thread.ts';

export interface TakenSnapshot {
  readonly id: string;
  readonly input: JudgeInput;
}

export async function takeSnapshot(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  run: runStore.Run,
  signal: AbortSignal,
): Promise<TakenSnapshot> {
  const github = await ctx.github.forInstallation(issue.installationId);
  const ref = { owner: issue.owner, name: issue.repositoryName, number: issue.number };
  const thread = await github.readThread(ref, signal);
  await ctx.failpoint('run.thread-read');
  const { vanished } = await findVanished(ctx.db, github, ref, issue.id, thread);
  const past = await readPastTexts(ctx, github, issue, thread, run.addedCommentIds, signal);
  return ctx.db.transaction(async (tx) => {
    await issueStore.lockIssue(tx, issue.id);
    await syncThread(ctx, tx, issue, thread, run.addedCommentIds);
    for (const commentId of vanished) await forgetDeleted(ctx, tx, issue, commentId);
    if (past) await keepPastTexts(tx, issue.id, past, ctx.clock.now());
    const proposals = (await proposalStore.liveProposals(tx, issue.id)).map(({ proposal, revisions }) => ({
      ...proposal,
      revisions,
    }));
    const frozen = freezeSnapshot(thread, proposals, await cutoffOf(tx, run));
    const id = await proposalStore.insertSnapshot(tx, {
      issueId: issue.id,
      takenAt: ctx.clock.now(),
      origin: run.trigger,
      ...frozen,
    });
    return { id, input: frozen.input };
  });
}

/** The latest of the commands that the run answers; an observed one ends before the first word about a proposal. */
async function cutoffOf(tx: AppContext['db'], run: runStore.Run): Promise<Cutoff | null> {
  if (run.trigger === 'observe') {
    const first = await evidenceStore.firstEvidence(tx, run.issueId);
    return first && { commentId: first.evidenceCommentId ?? Number.MAX_SAFE_INTEGER, at: first.createdAt };
  }
  const last = (await commandStore.commandsOfRun(tx, run.id)).at(-1);
  return last ? { commentId: last.commentId, at: last.createdAt } : null;
}
