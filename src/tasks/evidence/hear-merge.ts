/**
 * A merged pull request is the hardest evidence: it names the proposal's comment, or is about the issue and comes
 * from a proposal's author. One that takes another back lowers what that one said.
 */
import { pullReferences } from '../../pipeline/feedback/pull-references.ts';
import { MERGE_BY_AUTHOR, MERGE_NAMES_PROPOSAL, weightOf } from '../../pipeline/feedback/weights.ts';
import type { AppContext, Db } from '../../ports.ts';
import { changeStore, evidenceStore, issueStore, proposalStore } from '../../store/index.ts';
import { createWakeUps } from '../queues.ts';
import { OUTCOME_WINDOW_MS } from './outcomes.ts';
import { isSameLogin, proposalBy, recordEvidence, resolveLabels } from './record.ts';

export interface MergedPull {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly authorLogin: string;
  readonly mergedAt: Date;
  /** Who merged it; null where it is not known. */
  readonly merger: { readonly id: number | null; readonly login: string } | null;
}

export interface PullPlace {
  readonly ctx: AppContext;
  readonly tx: Db;
  readonly repository: { readonly id: number; readonly owner: string; readonly name: string };
}

/** @param linkedIssueId an issue whose timeline shows this pull request, whatever its text says */
export async function hearMerge(place: PullPlace, pull: MergedPull, linkedIssueId?: number): Promise<void> {
  const { tx, repository } = place;
  const references = pullReferences(pull, `${repository.owner}/${repository.name}`);
  const named = await proposalStore.proposalsOfComments(tx, repository.id, references.commentIds);
  const byIssue = Map.groupBy(named, (proposal) => proposal.issueId);
  const mentioned = await issueStore.findIssues(tx, repository.id, references.issueNumbers);
  for (const { id } of mentioned) if (!byIssue.has(id)) byIssue.set(id, []);
  if (linkedIssueId !== undefined && !byIssue.has(linkedIssueId)) byIssue.set(linkedIssueId, []);
  for (const [issueId, proposals] of byIssue) {
    await hearFor({ ...place, issue: { id: issueId } }, pull, proposals);
  }
  if (references.revertsPull !== null) await hearRevert(place, pull, references.revertsPull);
}

type IssuePlace = PullPlace & { readonly issue: { readonly id: number } };

async function hearFor(
  place: IssuePlace,
  pull: MergedPull,
  named: readonly proposalStore.Proposal[],
): Promise<void> {
  const all = await proposalStore.listProposals(place.tx, place.issue.id);
  const own = proposalBy(all, pull.authorLogin);
  const taken = named.length > 0 ? named : own ? [own] : [];
  for (const proposal of taken) {
    const rule = named.length > 0 ? MERGE_NAMES_PROPOSAL : MERGE_BY_AUTHOR;
    const actor = pull.merger ?? { id: null, login: pull.authorLogin };
    await recordEvidence(place, {
      key: `merge:${place.repository.id}:${pull.number}:${place.issue.id}:${proposal.number}`,
      source: 'merge',
      polarity: 'accept',
      proposalNumber: proposal.number,
      targetCommentId: proposal.commentId,
      actorId: actor.id,
      actorLogin: actor.login,
      rule,
      weight: weightOf({ source: 'merge', namesProposal: rule === MERGE_NAMES_PROPOSAL }),
      ownProposal: pull.merger !== null && isSameLogin(proposal.authorLogin, actor.login),
      evidenceUrl: pull.url,
      pullNumber: pull.number,
      createdAt: pull.mergedAt,
    });
  }
  if (taken.length === 0) return;
  await resolveLabels(place);
  await wantChange(place, pull.number);
}

/** What it touched is read when the issue is looked at next, outside of this transaction. */
async function wantChange({ ctx, tx, repository, issue }: IssuePlace, pullNumber: number): Promise<void> {
  await changeStore.wantChange(tx, { repositoryId: repository.id, pullNumber }, ctx.clock.now());
  await createWakeUps(ctx.jobs).look(tx, issue.id);
}

async function hearRevert(place: PullPlace, pull: MergedPull, reverted: number): Promise<void> {
  for (const merge of await evidenceStore.mergesOf(place.tx, place.repository.id, reverted)) {
    if (pull.mergedAt.getTime() - merge.createdAt.getTime() > OUTCOME_WINDOW_MS) continue;
    const issuePlace = { ...place, issue: { id: merge.issueId } };
    await recordEvidence(issuePlace, {
      key: `reverted:${place.repository.id}:${pull.number}:${merge.id}`,
      source: 'reverted',
      polarity: 'reject',
      proposalNumber: merge.proposalNumber,
      actorId: pull.merger?.id ?? null,
      actorLogin: pull.merger?.login ?? pull.authorLogin,
      weight: weightOf({ source: 'reverted' }),
      evidenceUrl: pull.url,
      pullNumber: reverted,
      createdAt: pull.mergedAt,
    });
    await resolveLabels(issuePlace);
  }
}
