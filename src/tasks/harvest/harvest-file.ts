/**
 * Saved threads become snapshots with labels: the candidates as listed, the accepted comments as if a merged pull
 * request had named them. Such a file has neither times nor GitHub's ids of repository and issue.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { InputError } from '../../errors.ts';
import { defaultRepositoryConfig, headingsOf } from '../../pipeline/command/repository-config.ts';
import type { PastSignal } from '../../pipeline/feedback/harvest/past-signals.ts';
import type { PastProposal, PastThread } from '../../pipeline/feedback/harvest/past-thread.ts';
import { MERGE_NAMES_PROPOSAL, weightOf } from '../../pipeline/feedback/weights.ts';
import { detectProposals } from '../../pipeline/proposals/detect.ts';
import { revisionHash } from '../../pipeline/proposals/revision.ts';
import { bodyBeforeTheChoice, titleBeforeTheChoice } from '../../pipeline/thread/before-the-choice.ts';
import { parseSavedThread } from '../../pipeline/thread/saved-thread.ts';
import type { Thread } from '../../pipeline/thread/types.ts';
import type { Clock, Db } from '../../ports.ts';
import type { HarvestOutcome } from '../../schema/index.ts';
import { harvestStore, issueStore } from '../../store/index.ts';
import { storePastThread } from './store-thread.ts';

const accepted = z.looseObject({ accepted_comment_ids: z.array(z.number().int()).nullish() });

/** Reads one line. @throws InputError that names the file, the line and what is wrong */
export async function harvestLine(
  ctx: { readonly db: Db; readonly clock: Pick<Clock, 'now'> },
  line: string,
  place: { readonly file: string; readonly line: number },
): Promise<HarvestOutcome> {
  const at = `${place.file}, line ${place.line},`;
  const thread = parseSavedThread(line, { file: at, line: '1' });
  const ids = new Set(accepted.parse(JSON.parse(line)).accepted_comment_ids ?? []);
  const past = toPast(thread, ids, ctx.clock.now());
  const known = new Set(past.proposals.map(({ commentId }) => commentId));
  const stranger = [...ids].find((id) => !known.has(id));
  if (stranger !== undefined) {
    throw new InputError(
      `${at} accepts comment ${stranger}, which is no proposal of the thread.`,
      'accepted_comment_ids must name comments of the same line.',
    );
  }
  return ctx.db.transaction(async (tx) => {
    const issue = await makeKnown(tx, thread);
    return storePastThread(ctx, tx, issue, past, 'file');
  });
}

function toPast(thread: Thread, ids: ReadonlySet<number>, now: Date): PastThread {
  const headings = headingsOf(defaultRepositoryConfig);
  const proposals = detectProposals(thread, { headings, ownAppId: null }).map(
    ({ comment, source }, index): PastProposal => ({
      number: index + 1,
      commentId: comment.id,
      authorLogin: comment.author.login,
      authorId: comment.author.id,
      isBot: comment.author.isBot,
      url: comment.url,
      postedAt: comment.createdAt ? new Date(comment.createdAt) : null,
      source,
      revisions: [{ hash: revisionHash(comment.body), body: comment.body, visibleAt: null }],
    }),
  );
  return {
    title: titleBeforeTheChoice(thread.issue.title),
    body: bodyBeforeTheChoice(thread.issue.body),
    proposals,
    signals: proposals
      .filter(({ commentId }) => ids.has(commentId))
      .map((proposal) => toSignal(proposal, now)),
    cutoff: null,
    flags: ['times-unknown'],
  };
}

function toSignal(proposal: PastProposal, now: Date): PastSignal {
  return {
    key: `listed:${proposal.commentId}`,
    source: 'merge',
    polarity: 'accept',
    proposalNumber: proposal.number,
    targetCommentId: proposal.commentId,
    actorId: null,
    actorLogin: 'ghost',
    actorRole: null,
    rule: MERGE_NAMES_PROPOSAL,
    reasonClass: null,
    weight: weightOf({ source: 'merge', namesProposal: true }),
    exposed: false,
    ownProposal: false,
    evidenceUrl: proposal.url,
    evidenceCommentId: null,
    pullNumber: null,
    at: now,
  };
}

/** What is known keeps its ids; the rest gets negative ones, made of their names, which GitHub never gives. */
async function makeKnown(tx: Db, thread: Thread) {
  const [owner = '', name = ''] = thread.repository.split('/');
  const repository = await harvestStore.findRepository(tx, owner, name);
  const repositoryId = repository?.id ?? madeId(thread.repository.toLowerCase());
  if (!repository) await harvestStore.knowRepository(tx, { id: repositoryId, owner, name, isPrivate: false });
  const issue = await issueStore.findIssue(tx, repositoryId, thread.issue.number);
  return {
    id: issue?.id ?? madeId(`${thread.repository.toLowerCase()}#${thread.issue.number}`),
    repositoryId,
    repository: thread.repository,
    number: thread.issue.number,
    title: thread.issue.title,
    authorLogin: thread.issue.author.login,
    state: 'closed' as const,
    closedAt: null,
  };
}

/** 48 bits of a hash, below zero. */
function madeId(name: string): number {
  return -1 - Number.parseInt(createHash('sha256').update(name).digest('hex').slice(0, 12), 16);
}
