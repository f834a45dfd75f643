/**
 * Freezing: the thread as it stood when the command was given. What came after the command cannot change
 * what the command is about.
 */
import { createHash } from 'node:crypto';
import type { Candidate, CandidateRevision, JudgeInput } from '../judge/types.ts';

/** A proposal with every text it had, oldest first. */
export interface ProposalHistory {
  readonly number: number;
  readonly commentId: number;
  readonly authorLogin: string;
  readonly url: string;
  readonly postedAt: Date | null;
  readonly revisions: readonly { hash: string; body: string; visibleAt: Date | null }[];
}

/** The moment of the command: its comment's id (ids grow with time) and its time. */
export interface Cutoff {
  readonly commentId: number;
  readonly at: Date;
}

export interface FrozenSnapshot {
  /** SHA-256 over the issue's text and the revisions' hashes, hex. */
  readonly hash: string;
  readonly input: JudgeInput;
}

/**
 * Takes the proposals posted before the command, each with the last text that was visible by then.
 * A proposal whose earlier text was never seen keeps the text we have: its revision names it.
 */
export function freezeSnapshot(
  thread: { repository: string; issue: { number: number; title: string; body: string } },
  proposals: readonly ProposalHistory[],
  cutoff: Cutoff | null,
): FrozenSnapshot {
  const candidates = proposals
    .filter((proposal) => cutoff === null || proposal.commentId < cutoff.commentId)
    .toSorted((a, b) => a.commentId - b.commentId)
    .map((proposal) => freezeCandidate(proposal, cutoff))
    .filter((candidate) => candidate !== null);
  const { number, title, body } = thread.issue;
  const input: JudgeInput = { repository: thread.repository, issue: { number, title, body }, candidates };
  return { hash: snapshotHash(input), input };
}

function freezeCandidate(proposal: ProposalHistory, cutoff: Cutoff | null): Candidate | null {
  const texts: CandidateRevision[] = visibleBy(proposal.revisions, cutoff).map((text) => ({
    hash: text.hash,
    body: text.body,
    at: text.visibleAt?.toISOString() ?? null,
  }));
  const last = texts.at(-1);
  if (!last) return null;
  return {
    number: proposal.number,
    authorLogin: proposal.authorLogin,
    url: proposal.url,
    createdAt: proposal.postedAt?.toISOString() ?? null,
    body: last.body,
    revisions: texts,
  };
}

function visibleBy(
  revisions: ProposalHistory['revisions'],
  cutoff: Cutoff | null,
): ProposalHistory['revisions'] {
  if (cutoff === null) return revisions;
  const seen = revisions.filter((text) => text.visibleAt === null || text.visibleAt <= cutoff.at);
  return seen.length > 0 ? seen : revisions.slice(0, 1);
}

function snapshotHash(input: JudgeInput): string {
  const parts = [
    input.issue.title,
    input.issue.body,
    ...input.candidates.map((candidate) => `${candidate.number}:${candidate.revisions.at(-1)?.hash ?? ''}`),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
