import type { AppContext, Db } from '../../ports.ts';
import { commandStore } from '../../store/index.ts';

const HOUR_MS = 3_600_000;

/** Answers that anyone can cause are limited per issue and hour, so that nobody can make us noisy. */
export async function isOverBudget(ctx: AppContext, db: Db, issueId: number): Promise<boolean> {
  const since = new Date(ctx.clock.now().getTime() - HOUR_MS);
  const answered = await commandStore.countFinished(db, issueId, {
    verbs: ['help', 'status', 'explain', 'unknown'],
    outcomes: ['refused', 'invalid'],
    since,
  });
  return answered >= ctx.config.answersPerHour;
}
