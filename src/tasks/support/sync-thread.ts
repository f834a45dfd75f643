/** Brings what we know of an issue and its proposals in line with the thread that GitHub shows now. */
import { headingsOf } from '../../pipeline/command/repository-config.ts';
import { type DetectedProposal, detectProposals } from '../../pipeline/proposals/detect.ts';
import { type ProposalChange, revisionHash, syncProposals } from '../../pipeline/proposals/revision.ts';
import type { Thread, ThreadComment } from '../../pipeline/thread/types.ts';
import type { AppContext, Db } from '../../ports.ts';
import { erasureStore, issueStore, proposalStore, repositoryStore } from '../../store/index.ts';
import { storedConfig } from './repository-config.ts';

export async function syncThread(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
  thread: Thread,
  addedCommentIds: readonly number[],
): Promise<void> {
  const { title, state, locked } = thread.issue;
  await issueStore.setIssueFlags(tx, issue.id, { title, state, locked });
  const { known, detected } = await detectIn(ctx, tx, issue, thread, addedCommentIds);
  const sync = syncProposals(
    known.map((one) => ({ ...one, hash: one.currentHash, dropped: one.droppedAt !== null })),
    detected,
    issue.nextProposalNumber,
  );
  const byComment = new Map(known.map((one) => [one.commentId, one]));
  for (const { comment } of detected) {
    const proposal = byComment.get(comment.id);
    if (proposal && isRenamed(proposal, comment))
      await proposalStore.setAuthorLogin(tx, proposal.id, comment.author.login);
  }
  for (const change of sync.added) await addProposal(tx, issue.id, change);
  for (const change of [...sync.revised, ...sync.restored]) {
    const proposal = byComment.get(change.commentId);
    if (proposal) await reviseProposal(tx, proposal, change);
  }
  const shown = new Set(thread.comments.map(({ id }) => id));
  for (const { commentId } of sync.dropped) {
    const proposal = byComment.get(commentId);
    const isHidden = shown.has(commentId) || isElsewhere(issue, thread);
    if (proposal && isHidden) await proposalStore.setProposalDropped(tx, proposal.id, ctx.clock.now());
  }
}

function isRenamed({ authorId, authorLogin }: proposalStore.Proposal, { author }: ThreadComment): boolean {
  return authorId !== null && authorId === author.id && authorLogin !== author.login;
}

/**
 * A list may lag behind, and people write while it is read: what it lacks still stands, unless it is found to be deleted
 * (erasure/find-vanished.ts). A moved issue's comments have other ids.
 */
function isElsewhere(issue: issueStore.LocatedIssue, { repository }: Thread): boolean {
  return repository.toLowerCase() !== `${issue.owner}/${issue.repositoryName}`.toLowerCase();
}

export interface Detection {
  /** What is on record already. */
  readonly known: readonly proposalStore.Proposal[];
  readonly detected: readonly DetectedProposal[];
}

/** The thread's proposals, by the repository's own words and what managers added. */
export async function detectIn(
  ctx: AppContext,
  db: Db,
  issue: issueStore.LocatedIssue,
  thread: Thread,
  addedCommentIds: readonly number[],
): Promise<Detection> {
  const erased = await erasureStore.erasedComments(
    db,
    thread.comments.map(({ id }) => id),
  );
  // GitHub may have been read before a comment was deleted.
  const standing = { ...thread, comments: thread.comments.filter(({ id }) => !erased.has(id)) };
  const known = await proposalStore.listProposals(db, issue.id);
  const manual = known
    .filter((proposal) => proposal.source === 'manual')
    .map((proposal) => proposal.commentId);
  const { config } = storedConfig(await repositoryStore.getRepository(db, issue.repositoryId));
  const detected = detectProposals(standing, {
    headings: headingsOf(config),
    ownAppId: ctx.github.appId,
    addedCommentIds: [...addedCommentIds, ...manual],
  });
  return { known, detected };
}

/** Records a proposal under the issue's next number. */
export async function addProposal(
  tx: Db,
  issueId: number,
  { comment, source }: Pick<ProposalChange, 'comment' | 'source'>,
): Promise<number> {
  const number = await proposalStore.takeProposalNumber(tx, issueId);
  await proposalStore.insertProposal(
    tx,
    {
      issueId,
      number,
      commentId: comment.id,
      url: comment.url,
      authorId: comment.author.id,
      authorLogin: comment.author.login,
      authorKind: comment.author.isBot ? 'bot' : 'person',
      source,
      postedAt: comment.createdAt ? new Date(comment.createdAt) : null,
    },
    textOf(comment),
  );
  return number;
}

/** Adds the comment's text as a revision if it is new, and takes a dropped proposal back. */
export async function reviseProposal(
  tx: Db,
  proposal: proposalStore.Proposal,
  { comment }: Pick<ProposalChange, 'comment'>,
): Promise<boolean> {
  if (proposal.droppedAt) await proposalStore.setProposalDropped(tx, proposal.id, null);
  return proposalStore.addRevision(tx, proposal, textOf(comment));
}

function textOf(comment: ProposalChange['comment']): proposalStore.ProposalText {
  const since = comment.updatedAt ?? comment.createdAt;
  return { hash: revisionHash(comment.body), body: comment.body, visibleAt: since ? new Date(since) : null };
}
