/**
 * A closed issue as it stood before anybody showed what they would choose. What was edited, added or renamed after
 * that moment may hold the answer, so every text is taken back to the last one from before; where that cannot be
 * done, the thread is flagged.
 */

import type { PastComment, PastIssue, TextEdit } from '../../../ports.ts';
import type { SnapshotFlag } from '../../../schema/proposals.ts';
import { bearsMarker } from '../../comment/marker.ts';
import type { ProposalHistory } from '../../decision/snapshot.ts';
import { detectProposals } from '../../proposals/detect.ts';
import type { TemplateHeadings } from '../../proposals/headings.ts';
import { revisionHash } from '../../proposals/revision.ts';
import { type PastSignal, signalsOfPast } from './past-signals.ts';

export interface PastProposal extends ProposalHistory {
  readonly authorId: number | null;
  readonly isBot: boolean;
  readonly source: 'heading' | 'template' | 'listed' | 'manual';
}

export interface PastThread {
  /** Title and body as they stood at the cutoff. */
  readonly title: string;
  readonly body: string;
  /** Every proposal with every text it had, numbered in posting order; some may be newer than the cutoff. */
  readonly proposals: readonly PastProposal[];
  readonly signals: readonly PastSignal[];
  /** The moment before the first sign of a choice; null when nothing ever showed one. */
  readonly cutoff: Date | null;
  readonly flags: readonly SnapshotFlag[];
}

export interface HarvestOptions {
  readonly headings: TemplateHeadings;
  /** Logins whose comments count, besides owners, members and collaborators. */
  readonly reviewers: readonly string[];
}

export function readPastThread(issue: PastIssue, options: HarvestOptions): PastThread {
  const proposals = proposalsOf(issue, options.headings);
  const signals = signalsOfPast(issue, proposals, options.reviewers);
  const cutoff = firstSign(issue, proposals, signals);
  return {
    title: cutoff ? titleAt(issue, cutoff) : issue.title,
    body: (cutoff && textAt(issue.edits, cutoff)) ?? issue.body,
    proposals,
    signals,
    cutoff,
    flags: cutoff ? flagsOf(issue, proposals, cutoff) : [],
  };
}

/** An assignment that was taken back, or given again later, showed a choice all the same. */
function firstSign(
  { timeline }: PastIssue,
  proposals: readonly PastProposal[],
  signals: readonly PastSignal[],
): Date | null {
  const assignments = timeline.flatMap((entry) => {
    const at = new Date(entry.at);
    const isChoice = proposals.some(
      ({ authorLogin, postedAt }) =>
        entry.kind === 'assigned' &&
        authorLogin.toLowerCase() === entry.login.toLowerCase() &&
        (postedAt === null || postedAt <= at),
    );
    return isChoice ? [at] : [];
  });
  const times = [...signals.map(({ at }) => at), ...assignments];
  return times.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null;
}

function proposalsOf(issue: PastIssue, headings: TemplateHeadings): PastProposal[] {
  const comments = issue.comments.filter(({ body }) => !bearsMarker(body));
  const { number, url, title, body, author, state, locked } = issue;
  const thread = {
    repository: issue.repository,
    issue: { number, url, title, body, author, state, locked, labels: [] },
    comments: comments.map((comment) => ({ ...comment, body: firstText(comment) })),
    listedCandidateIds: null,
  };
  const original = new Map(comments.map((comment) => [comment.id, comment]));
  const asPosted = new Set(
    detectProposals(thread, { headings, ownAppId: null }).map(({ comment }) => comment.id),
  );
  const asNow = { ...thread, comments };
  // A comment may have become a proposal by an edit, or have ceased to look like one.
  const detected = detectProposals(
    { ...asNow, listedCandidateIds: null },
    { headings, ownAppId: null, addedCommentIds: [...asPosted] },
  );
  return detected.map(({ comment, source }, index) => {
    const past = original.get(comment.id) as PastComment;
    return {
      number: index + 1,
      commentId: past.id,
      authorLogin: past.author.login,
      authorId: past.author.id,
      isBot: past.author.isBot,
      url: past.url,
      postedAt: new Date(past.createdAt),
      source: source === 'manual' ? 'heading' : source,
      revisions: revisionsOf(past),
    };
  });
}

function firstText({ edits, body }: PastComment): string {
  return edits.find((edit) => edit.body !== null)?.body ?? body;
}

/** Texts that GitHub no longer shows are left out; the current one is always there. */
function revisionsOf({ edits, body, createdAt, updatedAt }: PastComment): ProposalHistory['revisions'] {
  const known = edits.flatMap((edit) => (edit.body === null ? [] : [{ at: edit.at, body: edit.body }]));
  const texts = known.length > 0 ? known : [{ at: createdAt, body }];
  if (texts.at(-1)?.body !== body) texts.push({ at: updatedAt, body });
  return texts.map((text) => ({
    hash: revisionHash(text.body),
    body: text.body,
    visibleAt: new Date(text.at),
  }));
}

/** The title before the first renaming after that moment. */
function titleAt({ timeline, title }: PastIssue, at: Date): string {
  const next = timeline.find((entry) => entry.kind === 'renamed' && new Date(entry.at) >= at);
  return next?.kind === 'renamed' ? next.previousTitle : title;
}

function textAt(edits: readonly TextEdit[], at: Date): string | null {
  return edits.findLast((edit) => new Date(edit.at) < at)?.body ?? null;
}

function flagsOf(issue: PastIssue, proposals: readonly PastProposal[], cutoff: Date): SnapshotFlag[] {
  const isAfter = (at: string): boolean => new Date(at) >= cutoff;
  const judged = new Set(
    proposals
      .filter(({ postedAt }) => postedAt !== null && postedAt < cutoff)
      .map(({ commentId }) => commentId),
  );
  const comments = issue.comments.filter(({ id }) => judged.has(id));
  const found: [SnapshotFlag, boolean][] = [
    ['edited-after-signal', comments.some(({ edits }) => edits.some((edit) => isAfter(edit.at)))],
    ['deleted-comments', issue.timeline.some(({ kind }) => kind === 'comment-deleted')],
    [
      'issue-edited-after-signal',
      issue.edits.some((edit) => isAfter(edit.at)) ||
        issue.timeline.some((entry) => entry.kind === 'renamed' && isAfter(entry.at)),
    ],
    ['history-unreadable', [issue, ...comments].some((text) => isUnreadable(text, cutoff))],
  ];
  return found.filter(([, holds]) => holds).map(([flag]) => flag);
}

/** Changed after the cutoff, and what stood there before is gone. */
function isUnreadable(
  { edits, lastEditedAt }: Pick<PastComment, 'edits' | 'lastEditedAt'>,
  cutoff: Date,
): boolean {
  if (lastEditedAt === null || new Date(lastEditedAt) < cutoff) return false;
  const before = edits.filter((edit) => new Date(edit.at) < cutoff);
  return before.at(-1)?.body == null;
}
