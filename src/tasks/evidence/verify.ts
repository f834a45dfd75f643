/** Who wrote it, and have they a say? Asked once per author, after the comment was heard. */
import type { AppContext } from '../../ports.ts';
import { evidenceStore, type issueStore } from '../../store/index.ts';
import { managerRole } from '../support/authorise.ts';
import { readRepositoryConfig } from '../support/repository-config.ts';
import { resolveLabelsOfIssue } from '../support/resolve-label.ts';
import { isSameLogin } from './record.ts';

/** @throws GitHubError when GitHub cannot be asked: what nobody vouches for counts for nothing. */
export async function verifyEvidence(ctx: AppContext, issue: issueStore.LocatedIssue): Promise<void> {
  const waiting = await evidenceStore.unverified(ctx.db, issue.id);
  if (waiting.length === 0) return;
  const { config } = await readRepositoryConfig(ctx, issue);
  for (const [login, signals] of Map.groupBy(waiting, ({ actorLogin }) => actorLogin)) {
    const { allowed, role } = await managerRole(ctx, issue, login, config);
    const isReviewer = config.reviewers.some((one) => isSameLogin(one, login));
    const found = { role, hasSay: allowed || isReviewer, at: ctx.clock.now() };
    await evidenceStore.settleRole(
      ctx.db,
      signals.map(({ id }) => id),
      found,
    );
  }
  await ctx.db.transaction((tx) => resolveLabelsOfIssue(tx, issue.id, ctx.clock.now()));
}
