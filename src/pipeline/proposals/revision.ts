import { createHash } from 'node:crypto';
import type { ThreadComment } from '../thread/types.ts';
import type { DetectedProposal, ProposalSource } from './detect.ts';

/** A proposal as it is recorded. */
export interface KnownProposal {
  readonly number: number;
  readonly commentId: number;
  /** Hash of its last revision. */
  readonly hash: string;
  /** True while its comment is deleted, hidden or no longer a proposal. */
  readonly dropped: boolean;
}

/** One proposal that is to be recorded anew or with another text. */
export interface ProposalChange {
  readonly number: number;
  readonly commentId: number;
  readonly hash: string;
  readonly source: ProposalSource;
  readonly comment: ThreadComment;
}

/** What to write so that the record equals what was detected. A restored proposal whose text changed is also revised. */
export interface ProposalSync {
  readonly added: readonly ProposalChange[];
  readonly revised: readonly (ProposalChange & { readonly previousHash: string })[];
  readonly dropped: readonly { readonly number: number; readonly commentId: number }[];
  readonly restored: readonly ProposalChange[];
  /** The number for the next proposal of this issue. */
  readonly nextNumber: number;
}

/**
 * Names one text of a proposal: the SHA-256 in hex of its body with line ends as LF and trailing whitespace
 * removed, so that a comment sent through a web form and one sent through the API hash alike.
 */
export function revisionHash(body: string): string {
  return createHash('sha256').update(body.replaceAll(/\r\n?/g, '\n').trimEnd(), 'utf8').digest('hex');
}

/**
 * Of all texts that a proposal had, those before the first one on record, oldest first. A text that only repeats the
 * one before it is none.
 */
export function earlierTexts<T extends { readonly hash: string; readonly visibleAt: Date }>(
  all: readonly T[],
  first: { readonly hash: string; readonly visibleAt: Date | null } | undefined,
): T[] {
  const { hash, visibleAt } = first ?? { hash: '', visibleAt: null };
  const before = all.filter((text) => visibleAt === null || text.visibleAt < visibleAt);
  const next = [...before.slice(1).map((text) => text.hash), hash];
  return before.filter((text, index) => text.hash !== next[index]);
}

/**
 * Compares what is recorded with what was detected. Numbers are given in the order of the comment ids, never
 * change and are never used again: pass the next number (1 at first) and store the one returned.
 */
export function syncProposals(
  known: readonly KnownProposal[],
  detected: readonly DetectedProposal[],
  nextNumber: number,
): ProposalSync {
  const recorded = new Map(known.map((proposal) => [proposal.commentId, proposal]));
  const seen = new Map(detected.map((proposal) => [proposal.comment.id, proposal]));
  const inOrder = [...seen.values()].sort((a, b) => a.comment.id - b.comment.id);
  const firstFree = known.reduce((next, { number }) => Math.max(next, number + 1), nextNumber);

  const added = inOrder
    .filter(({ comment }) => !recorded.has(comment.id))
    .map((proposal, index) => toChange(proposal, firstFree + index));
  const existing = inOrder.flatMap((proposal) => {
    const before = recorded.get(proposal.comment.id);
    return before === undefined ? [] : [{ before, change: toChange(proposal, before.number) }];
  });
  return {
    added,
    revised: existing
      .filter(({ before, change }) => before.hash !== change.hash)
      .map(({ before, change }) => ({ ...change, previousHash: before.hash })),
    dropped: known
      .filter((proposal) => !proposal.dropped && !seen.has(proposal.commentId))
      .map(({ number, commentId }) => ({ number, commentId })),
    restored: existing.filter(({ before }) => before.dropped).map(({ change }) => change),
    nextNumber: firstFree + added.length,
  };
}

function toChange({ comment, source }: DetectedProposal, number: number): ProposalChange {
  return { number, commentId: comment.id, hash: revisionHash(comment.body), source, comment };
}
