/** Comments can be deleted while nobody tells us: the App was not installed, or the webhook never came. */
import type { Db, GitHub, RepositoryRef } from '../../ports.ts';
import { erasureStore, proposalStore } from '../../store/index.ts';

/** A thread that was read over all its pages. */
interface WholeThread {
  /** `owner/name`, where the thread was found. */
  readonly repository: string;
  readonly comments: readonly { readonly id: number }[];
}

/**
 * The proposals on record that GitHub has no longer, by their comments' ids. A list may leave out what stands: it lags
 * behind, or a page shifts under the reader. So each that is missing there is asked for by itself.
 * @returns how many were asked for, too
 * @throws GitHubError when one cannot be asked for
 */
export async function findVanished(
  db: Db,
  github: Pick<GitHub, 'getComment'>,
  ref: RepositoryRef,
  issueId: number,
  thread: WholeThread,
): Promise<{ readonly vanished: readonly number[]; readonly requests: number }> {
  const missing = await missingFrom(db, issueId, thread);
  // In another repository a moved issue's comments may go by other ids.
  const isHere = thread.repository.toLowerCase() === `${ref.owner}/${ref.name}`.toLowerCase();
  if (!isHere) return { vanished: [], requests: 0 };
  const vanished: number[] = [];
  for (const id of missing) if ((await github.getComment(ref, id)) === null) vanished.push(id);
  return { vanished, requests: missing.length };
}

async function missingFrom(db: Db, issueId: number, { comments }: WholeThread): Promise<number[]> {
  const listed = new Set(comments.map(({ id }) => id));
  const known = (await proposalStore.listProposals(db, issueId)).map(({ commentId }) => commentId);
  const missing = known.filter((id) => !listed.has(id));
  const erased = await erasureStore.erasedComments(db, missing);
  return missing.filter((id) => !erased.has(id));
}
