/** The decision comment of a run, rendered anew from our rows whenever one of them changes. */
import { renderDecision, renderFolded, renderPlaceholder } from '../../pipeline/comment/decision-comment.ts';
import { linksOf, proposalViews } from '../../pipeline/comment/from-snapshot.ts';
import type {
  DecisionOutcomeView,
  DecisionStateView,
  DecisionView,
  FoldedView,
} from '../../pipeline/comment/views.ts';
import { type AcceptedIdea, acceptedIdeas } from '../../pipeline/feedback/idea-origins.ts';
import type { JudgeInput } from '../../pipeline/judge/types.ts';
import type { AppContext, Db } from '../../ports.ts';
import {
  decisionStore,
  effectStore,
  issueStore,
  labelStore,
  modelStore,
  proposalStore,
  type runStore,
} from '../../store/index.ts';
import type { RunEnd } from '../lane/end-run.ts';
import { commentKey, wantComment } from './want.ts';

/** Wants the comment of a new decision. */
export async function wantDecisionComment(ctx: AppContext, tx: Db, decisionId: string): Promise<void> {
  await refreshDecisionComment(ctx, tx, decisionId);
}

/**
 * Brings the comment in line with the rows. Whatever is said to a decision that a newer one has replaced, it stays
 * folded to a link to that one's comment.
 * `notBefore` debounces changes that nobody waits for; `unhurried` ones let every new decision pass.
 */
export async function refreshDecisionComment(
  ctx: AppContext,
  tx: Db,
  decisionId: string,
  options: { notBefore?: Date; unhurried?: boolean } = {},
): Promise<void> {
  const decision = await decisionStore.getDecision(tx, decisionId);
  if (!decision) throw new Error(`there is no decision ${decisionId}`);
  const issue = await issueStore.getIssue(tx, decision.issueId);
  const snapshot = await proposalStore.getSnapshot(tx, decision.snapshotId);
  if (!issue || !snapshot) throw new Error(`decision ${decisionId} has lost its issue or snapshot`);
  const newer = await newerThanThis(tx, decision);
  const body = newer
    ? renderFolded(await foldedView(tx, decision, snapshot.input, newer))
    : renderDecision(await decisionView(tx, decision, snapshot));
  await wantComment(ctx, tx, issue, {
    kind: 'decision',
    id: decision.runId,
    body,
    decisionId,
    unhurried: options.unhurried ?? false,
    ...(options.notBefore ? { notBefore: options.notBefore } : {}),
  });
}

/** The issue's newest decision on GitHub, if it was made after this one. */
async function newerThanThis(
  tx: Db,
  { issueId, decidedAt }: decisionStore.Decision,
): Promise<decisionStore.Decision | null> {
  const newest = await decisionStore.latestPostedDecision(tx, issueId);
  return newest !== null && newest.decidedAt > decidedAt ? newest : null;
}

/** Says that the judge is at work, or waited for, in the comment that will hold the decision. */
export async function wantPlaceholder(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
  run: runStore.Run,
): Promise<void> {
  const proposals = await proposalStore.liveProposals(tx, issue.id);
  const body = renderPlaceholder({
    id: run.id,
    startedAt: (run.startedAt ?? ctx.clock.now()).toISOString(),
    judge: ctx.config.inference === null ? 'embedded' : 'model',
    judgeDownSince: run.judgeDownSince?.toISOString() ?? null,
    proposalCount: proposals.length,
  });
  await wantComment(ctx, tx, issue, { kind: 'decision', id: run.id, body });
}

/** The comment of a run that ended without a decision. */
export async function wantRunNotice(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
  run: runStore.Run,
  end: RunEnd,
): Promise<void> {
  const outcome = outcomeOf(end);
  const body = renderDecision({
    id: run.id,
    decidedAt: ctx.clock.now().toISOString(),
    outcome,
    proposals: [],
    state: end.kind === 'cancelled' ? { kind: 'cancelled', by: end.by } : { kind: 'proposed' },
    ticks: { accept: false, wrong: false },
    newerProposals: [],
    explain: false,
    allowedLinks: new Set(),
  });
  await wantComment(ctx, tx, issue, { kind: 'decision', id: run.id, body });
}

function outcomeOf(end: RunEnd): DecisionOutcomeView {
  switch (end.kind) {
    case 'no-proposals':
      return { kind: 'no-proposals' };
    case 'failed':
      return {
        kind: 'failed',
        heading: 'the judge did not answer',
        reason: end.reason,
        remedy: 'Ask again with /manager choose; if it fails again, tell whoever runs this App.',
      };
    case 'over-quota':
      return {
        kind: 'failed',
        heading: 'the quota is used up',
        reason: `This installation has used its ${end.perDay} judge calls of the last 24 hours.`,
        remedy: 'Ask again later, or have the operator raise the limit.',
      };
    case 'cancelled':
      return {
        kind: 'failed',
        heading: 'the comparison was cancelled',
        reason: `It was cancelled by ${end.by}.`,
        remedy: 'Ask again with /manager choose.',
      };
    case 'gone':
    case 'unwelcome':
      throw new Error(`nothing is posted about a run that is ${end.kind}`);
    default:
      return end satisfies never;
  }
}

async function decisionView(
  tx: Db,
  decision: decisionStore.Decision,
  snapshot: proposalStore.Snapshot,
): Promise<DecisionView> {
  const { input } = snapshot;
  const votes = await decisionStore.votesOf(tx, decision.id);
  return {
    id: decision.id,
    decidedAt: decision.decidedAt.toISOString(),
    outcome: {
      kind: 'judged',
      verdict: { ...decision, votes: votes.map((vote) => ({ ...vote, order: vote.shownOrder })) },
    },
    proposals: proposalViews(input),
    state: stateView(decision),
    ticks: { accept: decision.state === 'accepted', wrong: decision.state === 'rejected' },
    newerProposals: decision.newerProposals,
    explain: decision.explainRequested,
    acceptedIdeas: decision.explainRequested ? await labelledIdeas(tx, snapshot) : [],
    retracted: await retractionOf(tx, decision),
    allowedLinks: linksOf(input),
  };
}

/** Looked up each time: a comment that is written later says it too. */
async function retractionOf(
  tx: Db,
  { model }: decisionStore.Decision,
): Promise<{ readonly reason: string | null } | null> {
  const version = await modelStore.findModelVersion(tx, model);
  return version?.state === 'retracted' ? { reason: version.stateReason } : null;
}

/** None while the label names no proposal. */
async function labelledIdeas(tx: Db, snapshot: proposalStore.Snapshot): Promise<AcceptedIdea[]> {
  const label = await labelStore.currentLabel(tx, snapshot.id);
  if (!label || snapshot.erasedAt) return [];
  return acceptedIdeas(snapshot.input, label.proposalNumber) ?? [];
}

/** Where the comment stands; null when it does not, or a person deleted it. */
export function standingUrl(comment: effectStore.Effect | null): string | null {
  return comment === null || comment.state === 'tombstoned' ? null : comment.githubUrl;
}

async function foldedView(
  tx: Db,
  decision: decisionStore.Decision,
  input: JudgeInput,
  newer: decisionStore.Decision,
): Promise<FoldedView> {
  const comment = await effectStore.findEffect(tx, commentKey('decision', newer.runId));
  return {
    id: decision.id,
    decidedAt: decision.decidedAt.toISOString(),
    judge: decision.judge,
    chosen: proposalViews(input).find((proposal) => proposal.number === decision.chosen) ?? null,
    newerUrl: standingUrl(comment),
    state: stateView(decision),
    retracted: (await retractionOf(tx, decision)) !== null,
  };
}

export function stateView(decision: decisionStore.Decision): DecisionStateView {
  const by = decision.stateBy ?? 'a manager';
  switch (decision.state) {
    case 'proposed':
      return { kind: 'proposed' };
    case 'accepted':
      return { kind: 'accepted', by };
    case 'overridden':
      return { kind: 'overridden', by, to: decision.overriddenTo ?? 0, reason: decision.stateReason };
    case 'rejected':
      return { kind: 'rejected', by, reason: decision.stateReason };
    case 'superseded':
      return { kind: 'superseded', newerUrl: null };
    default:
      return decision.state satisfies never;
  }
}
