import type { JudgeInput } from '../judge/types.ts';
import { detectProposals } from '../proposals/detect.ts';
import { DEFAULT_HEADINGS, type TemplateHeadings } from '../proposals/headings.ts';
import { revisionHash } from '../proposals/revision.ts';
import type { Thread } from '../thread/types.ts';
import { freezeSnapshot } from './snapshot.ts';

/** A thread that is not in the database, as a judge reads it: proposals numbered in posting order. */
export function freezeThread(thread: Thread, headings: TemplateHeadings = DEFAULT_HEADINGS): JudgeInput {
  const detected = detectProposals(thread, { headings, ownAppId: null });
  const histories = detected.map(({ comment }, index) => ({
    number: index + 1,
    commentId: comment.id,
    authorLogin: comment.author.login,
    url: comment.url,
    postedAt: comment.createdAt ? new Date(comment.createdAt) : null,
    revisions: [{ hash: revisionHash(comment.body), body: comment.body, visibleAt: null }],
  }));
  return freezeSnapshot(thread, histories, null).input;
}
