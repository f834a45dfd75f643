/** A person asks to be forgotten: what they wrote is erased, and their name replaced wherever it stands. */
import { forgetInText, forgetLogin } from '../../pipeline/dataset/erase.ts';
import type { Db } from '../../ports.ts';
import { erasureStore } from '../../store/index.ts';
import { eraseComment } from './erase-comment.ts';
import { eraseIssue } from './erase-issue.ts';

export interface Forgotten {
  readonly comments: number;
  readonly issues: number;
  /** Values in which the name was replaced. */
  readonly names: number;
}

/** Threads with proposals of theirs are training data no more, also when those are read from GitHub again. */
export async function forgetUser(db: Db, login: string, at: Date): Promise<Forgotten> {
  const hash = erasureStore.userHash(login);
  const pseudonym = `forgotten-${hash.slice(0, 12)}`;
  const erasure = { reason: 'asked', at, rerender: null } as const;
  const { comments, issueIds } = await erasureStore.writingsOf(db, login);
  for (const issueId of issueIds) await db.transaction((tx) => eraseIssue(tx, issueId, erasure));
  for (const comment of comments) await db.transaction((tx) => eraseComment(tx, comment, erasure));
  const names = await db.transaction(async (tx) => {
    const forget = forgetInText(login, pseudonym);
    const json = (value: unknown) => forgetLogin(value, login, pseudonym);
    const replaced = await erasureStore.forgetEverywhere(tx, login, { text: forget, json });
    await erasureStore.forgetIds(tx, pseudonym);
    await erasureStore.recordErasure(tx, {
      scope: 'user',
      subject: hash,
      reason: 'asked',
      erasedAt: at,
      counts: { comments: comments.length, issues: issueIds.length, names: replaced },
    });
    return replaced;
  });
  return { comments: comments.length, issues: issueIds.length, names };
}
