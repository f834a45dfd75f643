/** What all evidence has in common: where it is recorded, and whether its author could have seen our choice. */
import type { AppContext, Db } from '../../ports.ts';
import { evidenceStore, type issueStore, labelStore, type proposalStore } from '../../store/index.ts';
import { settleLabels } from '../support/settle-labels.ts';

/** Where evidence is recorded. */
export interface Place {
  readonly ctx: AppContext;
  readonly tx: Db;
  readonly issue: Pick<issueStore.LocatedIssue, 'id'>;
}

export type Evidence = Omit<evidenceStore.NewSignal, 'issueId' | 'exposed'>;

export async function recordEvidence({ tx, issue }: Place, evidence: Evidence): Promise<void> {
  await evidenceStore.recordEvidence(tx, {
    ...evidence,
    issueId: issue.id,
    exposed: await isExposed(tx, issue.id, evidence.createdAt),
  });
}

/** Whether a choice of ours on this issue could be seen at that time. */
export async function isExposed(tx: Db, issueId: number, at: Date): Promise<boolean> {
  const visibleAt = await labelStore.firstVisibleAt(tx, issueId);
  return visibleAt !== null && visibleAt <= at;
}

export async function resolveLabels({ ctx, tx, issue }: Place): Promise<void> {
  await settleLabels(ctx, tx, issue.id);
}

export function isSameLogin(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The author's proposal on the issue; of several, the latest that still stands. */
export function proposalBy(
  proposals: readonly proposalStore.Proposal[],
  login: string,
): proposalStore.Proposal | null {
  const own = proposals.filter((proposal) => isSameLogin(proposal.authorLogin, login));
  return own.findLast((proposal) => proposal.droppedAt === null) ?? own.at(-1) ?? null;
}
