/** What tasks want GitHub to show: effects with their markers, written in the caller's transaction. */
import { signMarker } from '../../pipeline/comment/marker.ts';
import type { AppContext, Db } from '../../ports.ts';
import type { MarkerKind, ReactionContent } from '../../schema/outbox.ts';
import { effectStore, type issueStore, repositoryStore } from '../../store/index.ts';
import { createWakeUps } from '../queues.ts';
import { markerKeys } from './marker.ts';
import { isObserved } from './repository-config.ts';

/**
 * Lower goes first, and the older one within a class. 👀 says that a command was seen, which is worth nothing when
 * late, so it shares the first class with decisions: a burst of new commands does not hold up an older decision.
 */
const PRIORITY = { decision: 0, seen: 0, reaction: 1, rest: 2 } as const;

export interface WantedComment {
  readonly kind: MarkerKind;
  readonly id: string;
  /** Markdown without the marker. */
  readonly body: string;
  readonly decisionId?: string | null;
  readonly notBefore?: Date;
  /** Whether every new decision goes first. */
  readonly unhurried?: boolean;
}

export async function wantComment(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
  comment: WantedComment,
): Promise<void> {
  const marker = signMarker(
    { kind: comment.kind, id: comment.id, repositoryId: issue.repositoryId, issueNumber: issue.number },
    markerKeys(ctx.config)[0],
  );
  await want(ctx, tx, issue, {
    key: commentKey(comment.kind, comment.id),
    target: {
      kind: 'comment',
      markerKind: comment.kind,
      markerId: comment.id,
      decisionId: comment.decisionId ?? null,
    },
    desiredBody: `${comment.body.trimEnd()}\n\n${marker}`,
    priority: comment.kind === 'decision' && !comment.unhurried ? PRIORITY.decision : PRIORITY.rest,
    notBefore: comment.notBefore ?? null,
  });
}

/**
 * Wants one of the short answers that are kept up to date. Where a person deleted the last one, the next question gets
 * a comment of its own: the deleted one does not come back, and nobody is told 🚀 without an answer.
 */
export async function wantAnswer(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
  answer: Pick<WantedComment, 'kind' | 'id' | 'body'>,
): Promise<void> {
  let { id } = answer;
  for (let next = 2; await isDeleted(tx, answer.kind, id); next += 1) id = `${answer.id}-${next}`;
  await wantComment(ctx, tx, issue, { ...answer, id });
}

/** Whether the comment stood on GitHub and a person deleted it. */
export async function isDeleted(tx: Db, kind: MarkerKind, id: string): Promise<boolean> {
  return (await effectStore.findEffect(tx, commentKey(kind, id)))?.state === 'tombstoned';
}

export function commentKey(kind: MarkerKind, id: string): string {
  return `comment:${kind}:${id}`;
}

export async function wantReaction(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
  commentId: number,
  content: ReactionContent,
): Promise<void> {
  await want(ctx, tx, issue, {
    key: reactionKey(issue, commentId, content),
    target: { kind: 'reaction', commentId, content },
    desiredBody: null,
    priority: content === 'eyes' ? PRIORITY.seen : PRIORITY.reaction,
  });
}

/** Takes back what was given, or was to be given; nothing where it never was. */
export async function unwantReaction(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
  commentId: number,
  content: ReactionContent,
): Promise<void> {
  const key = reactionKey(issue, commentId, content);
  if (!(await effectStore.findEffect(tx, key))) return;
  const target = { kind: 'reaction', commentId, content, removed: true } as const;
  await want(ctx, tx, issue, { key, target, desiredBody: null, priority: PRIORITY.rest });
}

function reactionKey(issue: issueStore.LocatedIssue, commentId: number, content: ReactionContent): string {
  return `reaction:${issue.repositoryId}:${commentId}:${content}`;
}

async function want(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
  effect: Omit<effectStore.WantedEffect, 'installationId' | 'issueId'>,
): Promise<void> {
  if (isObserved(await repositoryStore.getRepository(tx, issue.repositoryId))) return;
  const pending = await effectStore.wantEffect(tx, {
    ...effect,
    installationId: issue.installationId,
    issueId: issue.id,
  });
  if (pending) await createWakeUps(ctx.jobs).outbox(tx, issue.installationId);
}
