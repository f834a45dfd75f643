/** Writes a thread of the past: its proposals with every text, the snapshot before the choice, the evidence, the label. */
import { freezeSnapshot } from '../../pipeline/decision/snapshot.ts';
import type { PastThread } from '../../pipeline/feedback/harvest/past-thread.ts';
import type { Clock, Db } from '../../ports.ts';
import type { HarvestOutcome, SnapshotFlag, SnapshotOrigin } from '../../schema/index.ts';
import { evidenceStore, harvestStore, labelStore, proposalStore } from '../../store/index.ts';
import { resolveLabelsOfIssue } from '../support/resolve-label.ts';

export interface StoredIssue {
  readonly id: number;
  readonly repositoryId: number;
  /** `owner/name` */
  readonly repository: string;
  readonly number: number;
  /** As it is now; the snapshot holds what it was before the choice. */
  readonly title: string;
  readonly authorLogin: string;
  readonly state: 'open' | 'closed';
  readonly closedAt: Date | null;
}

/** In the caller's transaction. Doing it twice changes nothing; an issue that the App decided on is left alone. */
export async function storePastThread(
  ctx: { readonly clock: Pick<Clock, 'now'> },
  tx: Db,
  issue: StoredIssue,
  past: PastThread,
  origin: Extract<SnapshotOrigin, 'harvest' | 'file'>,
): Promise<HarvestOutcome> {
  if (past.proposals.length === 0) return 'no-proposals';
  const { closedAt: _closedAt, repository, ...facts } = issue;
  await harvestStore.knowIssue(tx, facts);
  if (await harvestStore.hasDecision(tx, issue.id)) return 'known';
  const numbers = await storeProposals(tx, issue.id, past);
  const frozen = freeze(issue, repository, past, numbers);
  if (frozen.input.candidates.length === 0) return 'no-proposals';
  if (!(await harvestStore.hasSnapshot(tx, issue.id, frozen.hash))) {
    const takenAt = past.cutoff ?? issue.closedAt ?? ctx.clock.now();
    const flags = [...past.flags] satisfies SnapshotFlag[];
    await proposalStore.insertSnapshot(tx, { issueId: issue.id, takenAt, origin, flags, ...frozen });
  }
  for (const { at, proposalNumber, ...signal } of past.signals) {
    await evidenceStore.recordEvidence(tx, {
      ...signal,
      proposalNumber: proposalNumber === null ? null : (numbers.get(proposalNumber) ?? null),
      issueId: issue.id,
      verifiedAt: ctx.clock.now(),
      createdAt: at,
    });
  }
  await resolveLabelsOfIssue(tx, issue.id, ctx.clock.now());
  return (await isLabelled(tx, issue.id)) ? 'stored' : 'unlabelled';
}

/** @returns the number on record of each past number: known proposals keep theirs. */
async function storeProposals(
  tx: Db,
  issueId: number,
  past: PastThread,
): Promise<ReadonlyMap<number, number>> {
  const numbers = new Map<number, number>();
  for (const { revisions, isBot, number, ...proposal } of past.proposals) {
    const known = await proposalStore.findProposalByComment(tx, issueId, proposal.commentId);
    numbers.set(number, known?.number ?? (await proposalStore.takeProposalNumber(tx, issueId)));
    const [first, ...later] = revisions;
    if (known || !first) continue;
    const row = {
      ...proposal,
      issueId,
      number: numbers.get(number) ?? number,
      authorKind: isBot ? ('bot' as const) : ('person' as const),
    };
    await proposalStore.insertProposal(tx, row, first);
    for (const text of later) {
      const inserted = await proposalStore.findProposalByComment(tx, issueId, proposal.commentId);
      if (inserted) await proposalStore.addRevision(tx, inserted, text);
    }
  }
  return numbers;
}

/** The thread before the first sign of a choice; what was posted later is no candidate. */
function freeze(
  issue: StoredIssue,
  repository: string,
  past: PastThread,
  numbers: ReadonlyMap<number, number>,
) {
  const cutoff = past.cutoff;
  const proposals = past.proposals
    .filter(({ postedAt }) => cutoff === null || postedAt === null || postedAt < cutoff)
    .map((proposal) => ({ ...proposal, number: numbers.get(proposal.number) ?? proposal.number }));
  const { title, body } = past;
  return freezeSnapshot(
    { repository, issue: { number: issue.number, title, body } },
    proposals,
    cutoff && { commentId: Number.MAX_SAFE_INTEGER, at: new Date(cutoff.getTime() - 1) },
  );
}

async function isLabelled(tx: Db, issueId: number): Promise<boolean> {
  for (const id of await labelStore.snapshotIdsOf(tx, issueId)) {
    if (await labelStore.currentLabel(tx, id)) return true;
  }
  return false;
}
