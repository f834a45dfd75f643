/** Who wrote it, and have they a say? Asked once per author, after the comment was heard. */
import { GitHubError } from '../../errors.ts';
import type { RepositoryConfig } from '../../pipeline/command/repository-config.ts';
import type { AppContext } from '../../ports.ts';
import { evidenceStore, type issueStore } from '../../store/index.ts';
import { type Authorisation, managerRole } from '../support/authorise.ts';
import { readRepositoryConfig } from '../support/repository-config.ts';
import { settleLabels } from '../support/settle-labels.ts';
import { isSameLogin } from './record.ts';

/** @throws GitHubError when GitHub cannot be asked now. */
export async function verifyEvidence(ctx: AppContext, issue: issueStore.LocatedIssue): Promise<void> {
  const waiting = await evidenceStore.unverified(ctx.db, issue.id);
  if (waiting.length === 0) return;
  const { config } = await readRepositoryConfig(ctx, issue);
  const settled: Settled[] = [];
  for (const [login, signals] of Map.groupBy(waiting, ({ actorLogin }) => actorLogin)) {
    const { allowed, role } = await roleOf(ctx, issue, login, config);
    const isReviewer = config.reviewers.some((one) => isSameLogin(one, login));
    settled.push({
      ids: signals.map(({ id }) => id),
      found: { role, hasSay: allowed || isReviewer, at: ctx.clock.now() },
    });
  }
  // Together, or a death in between would leave roles that no label has heard of.
  await ctx.db.transaction(async (tx) => {
    for (const { ids, found } of settled) await evidenceStore.settleRole(tx, ids, found);
    await settleLabels(ctx, tx, issue.id);
  });
}

interface Settled {
  readonly ids: readonly string[];
  readonly found: Parameters<typeof evidenceStore.settleRole>[2];
}

/** Where GitHub will never answer, nobody vouches for them, and what they said counts for nothing. */
async function roleOf(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  login: string,
  config: RepositoryConfig,
): Promise<Authorisation> {
  try {
    return await managerRole(ctx, issue, login, config);
  } catch (error) {
    if (!(error instanceof GitHubError) || error.retryable || error.failure === 'suspended') throw error;
    ctx.logger.warn({ err: error, login }, 'a role cannot be asked for');
    return { allowed: false, role: null };
  }
}
