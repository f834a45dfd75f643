/** What the past of an issue says about its proposals: the same evidence as live, read from comments and timeline. */

import type { PastComment, PastIssue, TimelineEntry } from '../../../ports.ts';
import type { ReasonClass, SignalSource } from '../../../schema/feedback.ts';
import { bearsMarker } from '../../comment/marker.ts';
import { mineComment } from '../mine/mine.ts';
import type { NamedProposal } from '../mine/types.ts';
import { pullReferences } from '../pull-references.ts';
import { MERGE_BY_AUTHOR, MERGE_NAMES_PROPOSAL, weightOf } from '../weights.ts';

export interface PastSignal {
  /** Unique on the issue, and the same as a webhook's would be. */
  readonly key: string;
  readonly source: SignalSource;
  readonly polarity: 'accept' | 'reject';
  readonly proposalNumber: number | null;
  readonly targetCommentId: number | null;
  readonly actorId: number | null;
  readonly actorLogin: string;
  readonly actorRole: string | null;
  readonly rule: string | null;
  readonly reasonClass: ReasonClass | null;
  readonly weight: number;
  /** True when a comment of this App, or of another installation of it, stood there before. */
  readonly exposed: boolean;
  readonly ownProposal: boolean;
  readonly evidenceUrl: string;
  readonly evidenceCommentId: number | null;
  readonly pullNumber: number | null;
  readonly at: Date;
}

const DAY_MS = 86_400_000;
const OUTCOME_WINDOW_MS = 30 * DAY_MS;
/** Whose comments count: https://docs.github.com/graphql/reference/enums#commentauthorassociation */
const ASSOCIATIONS: ReadonlySet<string> = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);

type Proposals = readonly (NamedProposal & { readonly url: string })[];

export function signalsOfPast(
  issue: PastIssue,
  proposals: Proposals,
  reviewers: readonly string[],
): PastSignal[] {
  const ours = issue.comments.find(({ body }) => bearsMarker(body));
  const seenSince = ours ? new Date(ours.createdAt) : null;
  const found = [
    ...issue.comments.flatMap((comment) => fromComment(comment, proposals, reviewers)),
    ...fromAssignments(issue, proposals),
    ...fromPulls(issue, proposals),
  ];
  return found.map((signal) => ({ ...signal, exposed: seenSince !== null && signal.at >= seenSince }));
}

type Unexposed = Omit<PastSignal, 'exposed'>;

function fromComment(comment: PastComment, proposals: Proposals, reviewers: readonly string[]): Unexposed[] {
  const { author, association } = comment;
  const isReviewer = reviewers.some((login) => isSame(login, author.login));
  if (author.isBot || bearsMarker(comment.body) || !(ASSOCIATIONS.has(association) || isReviewer)) return [];
  const earlier = proposals.filter(({ commentId }) => commentId <= comment.id);
  const mined = mineComment({ id: comment.id, authorLogin: author.login, body: comment.body }, earlier);
  return mined.map((signal) => ({
    key: `comment:${comment.id}:${signal.polarity}:${signal.proposalNumber ?? 'none'}`,
    source: 'comment',
    polarity: signal.polarity,
    proposalNumber: signal.proposalNumber,
    targetCommentId: signal.targetCommentId,
    actorId: author.id,
    actorLogin: author.login,
    actorRole: association.toLowerCase(),
    rule: signal.rule,
    reasonClass: signal.reasonClass,
    weight: weightOf({ source: 'comment', strength: signal.strength, roleVerified: false }),
    ownProposal: isOwn(proposals, signal.proposalNumber, author.login),
    evidenceUrl: comment.url,
    evidenceCommentId: comment.id,
    pullNumber: null,
    at: new Date(comment.createdAt),
  }));
}

function fromAssignments(issue: PastIssue, proposals: Proposals): Unexposed[] {
  const standing = new Map<
    string,
    Extract<TimelineEntry, { kind: 'assigned' | 'unassigned' | 'comment-deleted' }>
  >();
  for (const entry of issue.timeline) {
    if (entry.kind === 'assigned') standing.set(entry.login.toLowerCase(), entry);
    // Leaving a closed issue is tidying up, not a change of mind.
    const isOpen = issue.closedAt === null || entry.at < issue.closedAt;
    if (entry.kind === 'unassigned' && isOpen) standing.delete(entry.login.toLowerCase());
  }
  return [...standing.values()].flatMap((entry): Unexposed[] => {
    const proposal = proposals.findLast(({ authorLogin }) => isSame(authorLogin, entry.login));
    if (!proposal) return [];
    return [
      {
        ...unspoken(entry, proposal),
        key: `assignment:${issue.id}:${entry.login.toLowerCase()}`,
        source: 'assignment',
        polarity: 'accept',
        rule: null,
        weight: weightOf({ source: 'assignment' }),
        ownProposal: entry.actor !== null && isSame(entry.actor.login, entry.login),
        evidenceUrl: proposal.url,
        pullNumber: null,
        at: new Date(entry.at),
      },
    ];
  });
}

/** Merged pull requests that the issue's timeline links, and what became of them. */
function fromPulls(issue: PastIssue, proposals: Proposals): Unexposed[] {
  const linked = issue.timeline.flatMap((entry) => {
    const isOurs = entry.kind === 'linked-pull' && isSame(entry.pull.repository, issue.repository);
    if (!isOurs || entry.pull.mergedAt === null) return [];
    const references = pullReferences(entry.pull, issue.repository);
    return [{ entry, pull: entry.pull, references, at: new Date(entry.pull.mergedAt) }];
  });
  const merges = linked.flatMap(({ entry, pull, references, at }) => {
    const named = proposals.filter(({ commentId }) => references.commentIds.includes(commentId));
    const own = proposals.findLast(({ authorLogin }) => isSame(authorLogin, pull.author.login));
    const taken = named.length > 0 ? named : own ? [own] : [];
    return taken.map(
      (proposal): Unexposed => ({
        ...unspoken({ ...entry, actor: pull.mergedBy }, proposal),
        key: `merge:${issue.repositoryId}:${pull.number}:${issue.id}:${proposal.number}`,
        source: 'merge',
        polarity: 'accept',
        rule: named.length > 0 ? MERGE_NAMES_PROPOSAL : MERGE_BY_AUTHOR,
        weight: weightOf({ source: 'merge', namesProposal: named.length > 0 }),
        ownProposal: pull.mergedBy !== null && isSame(pull.mergedBy.login, proposal.authorLogin),
        evidenceUrl: pull.url,
        pullNumber: pull.number,
        at,
      }),
    );
  });
  const reverts = linked.flatMap(({ entry, pull, references, at }) =>
    merges
      .filter((merge) => merge.pullNumber === references.revertsPull && isWithinWindow(merge.at, at))
      .map(
        (merge): Unexposed => ({
          ...merge,
          ...outcomeOf({ ...entry, actor: pull.mergedBy }, at),
          key: `reverted:${issue.repositoryId}:${pull.number}:${merge.key}`,
          source: 'reverted',
          evidenceUrl: pull.url,
        }),
      ),
  );
  return [...merges, ...reverts, ...fromReopenings(issue, merges)];
}

function fromReopenings(issue: PastIssue, merges: readonly Unexposed[]): Unexposed[] {
  return issue.timeline.flatMap((entry): Unexposed[] => {
    if (entry.kind !== 'reopened' || entry.actor?.isBot) return [];
    const at = new Date(entry.at);
    const last = merges.filter((merge) => isWithinWindow(merge.at, at)).at(-1);
    if (!last) return [];
    const key = `reopened:${issue.id}:${at.toISOString()}`;
    return [{ ...last, ...outcomeOf(entry, at), key, source: 'reopened', pullNumber: null }];
  });
}

function isWithinWindow(merged: Date, at: Date): boolean {
  return at >= merged && at.getTime() - merged.getTime() <= OUTCOME_WINDOW_MS;
}

function outcomeOf({ actor }: Pick<TimelineEntry, 'actor'>, at: Date) {
  return {
    polarity: 'reject' as const,
    actorId: actor?.id ?? null,
    actorLogin: actor?.login ?? 'ghost',
    rule: null,
    weight: weightOf({ source: 'reverted' }),
    ownProposal: false,
    at,
  };
}

/** What evidence without words has in common. */
function unspoken({ actor }: Pick<TimelineEntry, 'actor'>, proposal: NamedProposal) {
  return {
    proposalNumber: proposal.number,
    targetCommentId: proposal.commentId,
    actorId: actor?.id ?? null,
    actorLogin: actor?.login ?? 'ghost',
    actorRole: null,
    reasonClass: null,
    evidenceCommentId: null,
  };
}

function isOwn(proposals: Proposals, number: number | null, login: string): boolean {
  return proposals.some((proposal) => proposal.number === number && isSame(proposal.authorLogin, login));
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
