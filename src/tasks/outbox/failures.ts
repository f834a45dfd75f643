/** What a failed write means for its effect: wait, park until something changes, or give up with the reason. */
import type { GitHubError, GitHubFailure } from '../../errors.ts';
import type { AppContext } from '../../ports.ts';
import type { ParkReason } from '../../schema/index.ts';
import { effectStore, installationStore, issueStore, repositoryStore } from '../../store/index.ts';
import { isDatabaseOutage } from '../support/database-outage.ts';
import { fromNow, scaled } from '../support/scaled.ts';
import type { Effect } from './apply-effect.ts';
import { FINAL_LOOK_MS, FIRST_LOOK_MS } from './looks.ts';

const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** An effect that fails this often for a reason of our own is set aside, so that it does not block others. */
const MAX_DEFECTS = 6;

type Remedy = 'retry' | 'wait' | 'park-locked' | 'park-suspended' | 'look-for-it' | 'abandon' | 'fail';

const REMEDIES: Record<GitHubFailure, Remedy> = {
  unavailable: 'retry',
  ambiguous: 'retry',
  unauthorized: 'retry',
  'rate-limited': 'wait',
  locked: 'park-locked',
  suspended: 'park-suspended',
  'not-found': 'look-for-it',
  gone: 'abandon',
  forbidden: 'fail',
  invalid: 'fail',
};

export async function handleFailure(ctx: AppContext, effect: Effect, error: GitHubError): Promise<void> {
  const remedy = REMEDIES[error.failure];
  ctx.logger.warn(
    { effect: effect.key, failure: error.failure, status: error.status, remedy },
    'a write to GitHub failed',
  );
  switch (remedy) {
    case 'retry':
      return retryLater(ctx, effect, error);
    case 'wait':
      return waitForLimit(ctx, effect, error);
    case 'park-locked':
      await issueStore.setIssueFlags(ctx.db, effect.issueId, { locked: true });
      return park(ctx, effect, 'locked');
    case 'park-suspended':
      await installationStore.setInstallationStatus(ctx.db, effect.installationId, 'suspended');
      return park(ctx, effect, 'suspended');
    case 'look-for-it':
      return (await isOutOfSight(ctx, effect))
        ? park(ctx, effect, 'removed')
        : end(ctx, effect, 'abandoned', error);
    case 'abandon':
      return end(ctx, effect, 'abandoned', error);
    case 'fail':
      return end(ctx, effect, 'failed', error);
    default:
      remedy satisfies never;
  }
}

/** Something that is no answer of GitHub's went wrong: tried again a few times, then set aside; an outage is waited out. */
export async function handleDefect(ctx: AppContext, effect: Effect, error: unknown): Promise<void> {
  ctx.logger.error({ effect: effect.key, err: error }, 'an effect could not be applied');
  const cause = error instanceof Error ? error : new Error(String(error));
  const defects = effect.defects + (isDatabaseOutage(error) ? 0 : 1);
  if (defects >= MAX_DEFECTS) await end(ctx, effect, 'failed', cause);
  else await retryLater(ctx, effect, cause, defects);
}

async function retryLater(
  ctx: AppContext,
  effect: Effect,
  error: Error,
  defects = effect.defects,
): Promise<void> {
  const attempts = effect.attempts + 1;
  const failure = 'failure' in error ? error.failure : null;
  const backoff = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));
  const at = fromNow(ctx, scaled(ctx, failure === 'ambiguous' ? FIRST_LOOK_MS : backoff));
  if (effect.state !== 'pending') return effectStore.lookAgain(ctx.db, [effect.id], at);
  await effectStore.updateEffect(ctx.db, effect.id, {
    attempts,
    defects,
    lastError: error.message,
    notBefore: at,
    // An edit without an answer may still arrive, after what is written next.
    ...(failure === 'unavailable' ? { lookAgainAt: fromNow(ctx, scaled(ctx, FINAL_LOOK_MS)) } : {}),
  });
}

/** The installation's pause is recorded (see respect-pauses.ts), and the writer waits for it before its next effect. */
async function waitForLimit(ctx: AppContext, effect: Effect, error: GitHubError): Promise<void> {
  await effectStore.updateEffect(ctx.db, effect.id, { lastError: error.message });
}

async function park(ctx: AppContext, effect: Effect, reason: ParkReason): Promise<void> {
  if (effect.state !== 'pending') {
    return effectStore.lookAgain(ctx.db, [effect.id], fromNow(ctx, scaled(ctx, FINAL_LOOK_MS)));
  }
  await effectStore.updateEffect(ctx.db, effect.id, { state: 'parked', stateReason: reason });
}

/** GitHub hides what an App may not see behind the answer for what is not there. */
async function isOutOfSight(ctx: AppContext, effect: Effect): Promise<boolean> {
  const issue = await issueStore.getIssue(ctx.db, effect.issueId);
  if (!issue) return false;
  const github = await ctx.github.forInstallation(effect.installationId);
  if (await github.canSee({ owner: issue.owner, name: issue.repositoryName })) return false;
  await repositoryStore.markRepositoryUnseen(ctx.db, issue.repositoryId, ctx.clock.now());
  return true;
}

async function end(
  ctx: AppContext,
  effect: Effect,
  state: 'abandoned' | 'failed',
  error: Error,
): Promise<void> {
  await effectStore.updateEffect(ctx.db, effect.id, {
    state,
    stateReason: error.message,
    lastError: error.message,
    lookAgainAt: null,
  });
  await effectStore.lookAgain(ctx.db, [effect.id], null);
}
