/**
 * What proposals said before the App first looked. Webhooks tell every later edit, so GitHub is asked once for an
 * issue, and only about proposals that were edited before we knew them. Best effort: where GitHub
 * keeps it back, the record begins with the text that we saw first.
 */
import { GitHubError } from '../../errors.ts';
import { earlierTexts, revisionHash } from '../../pipeline/proposals/revision.ts';
import type { Thread, ThreadComment } from '../../pipeline/thread/types.ts';
import type { AppContext, Db, GitHub, TextEdit } from '../../ports.ts';
import { issueStore, proposalStore } from '../../store/index.ts';
import { detectIn } from './sync-thread.ts';

/** Texts by comment id. */
export type PastTexts = ReadonlyMap<number, readonly TextEdit[]>;

/** @returns null when there is nothing new to know: it was read before, or cannot be read now. */
export async function readPastTexts(
  ctx: AppContext,
  github: GitHub,
  issue: issueStore.LocatedIssue,
  thread: Thread,
  addedCommentIds: readonly number[],
  signal: AbortSignal,
): Promise<PastTexts | null> {
  if (issue.pastTextsReadAt !== null) return null;
  const unseen = await editedUnseen(ctx, issue, thread, addedCommentIds);
  const nodeIds = unseen.flatMap(({ nodeId }) => nodeId ?? []);
  if (nodeIds.length === 0) return new Map();
  try {
    const found = await github.readPastTexts(nodeIds, signal);
    if (found === null) ctx.logger.info({ issue: issue.id }, 'GitHub keeps past texts back');
    return found ?? new Map();
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    ctx.logger.warn({ err: error, issue: issue.id }, 'past texts could not be read');
    // What may pass is asked for again by the next run; nobody waits for it now.
    return error.retryable ? null : new Map();
  }
}

/** Proposals whose first text on record is not the one they were posted with. */
async function editedUnseen(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  thread: Thread,
  addedCommentIds: readonly number[],
): Promise<ThreadComment[]> {
  const { known, detected } = await detectIn(ctx, ctx.db, issue, thread, addedCommentIds);
  const firstSeen = await proposalStore.firstTexts(
    ctx.db,
    known.map(({ id }) => id),
  );
  const seenFrom = new Map(known.map(({ id, commentId }) => [commentId, firstSeen.get(id) ?? null]));
  return detected
    .map(({ comment }) => comment)
    .filter(({ id, createdAt, updatedAt }) => {
      const since = seenFrom.get(id);
      const sawFirst = since && createdAt !== null && since <= new Date(createdAt);
      return createdAt !== updatedAt && !sawFirst;
    });
}

/** Puts them before the texts on record. */
export async function keepPastTexts(tx: Db, issueId: number, texts: PastTexts, readAt: Date): Promise<void> {
  for (const { proposal, revisions } of await proposalStore.liveProposals(tx, issueId)) {
    const past = (texts.get(proposal.commentId) ?? []).flatMap(({ at, body }) =>
      body === null ? [] : [{ hash: revisionHash(body), body, visibleAt: new Date(at) }],
    );
    await proposalStore.addEarlierRevisions(tx, proposal.id, earlierTexts(past, revisions[0]));
  }
  await issueStore.notePastTexts(tx, issueId, readAt);
}
