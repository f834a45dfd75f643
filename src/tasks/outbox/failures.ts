/** What a failed write means for its effect: wait, park until something changes, or give up with the reason. */
import type { GitHubError, GitHubFailure } from '../../errors.ts';
import type { AppContext } from '../../ports.ts';
import { effectStore, installationStore, issueStore } from '../../store/index.ts';
import type { Effect } from './apply-effect.ts';
import { spacings } from './pace.ts';

/** In write spacings; the first retry's wait doubles up to the longest. */
const FIRST_RETRY = 2;
const LONGEST_RETRY = 300;
/** Waits out a create's outcome, in write spacings: GitHub may still be applying it. */
const AMBIGUOUS_WAIT = 3;
const RATE_LIMIT_FALLBACK_SECONDS = 60;

type Remedy = 'retry' | 'wait' | 'park-locked' | 'park-suspended' | 'abandon';

const REMEDIES: Record<GitHubFailure, Remedy> = {
  unavailable: 'retry',
  ambiguous: 'retry',
  unauthorized: 'retry',
  'rate-limited': 'wait',
  locked: 'park-locked',
  suspended: 'park-suspended',
  forbidden: 'abandon',
  'not-found': 'abandon',
  gone: 'abandon',
  invalid: 'abandon',
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
    case 'abandon':
      return effectStore.updateEffect(ctx.db, effect.id, {
        state: 'abandoned',
        stateReason: error.message,
        lastError: error.message,
      });
    default:
      remedy satisfies never;
  }
}

async function retryLater(ctx: AppContext, effect: Effect, error: GitHubError): Promise<void> {
  const attempts = effect.attempts + 1;
  const backoff = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** (attempts - 1));
  const wait = error.failure === 'ambiguous' ? AMBIGUOUS_WAIT : backoff;
  await effectStore.updateEffect(ctx.db, effect.id, {
    attempts,
    lastError: error.message,
    notBefore: new Date(ctx.clock.now().getTime() + spacings(ctx, wait)),
  });
}

async function waitForLimit(ctx: AppContext, effect: Effect, error: GitHubError): Promise<void> {
  const seconds = error.retryAfterSeconds ?? RATE_LIMIT_FALLBACK_SECONDS;
  const until = new Date(ctx.clock.now().getTime() + seconds * 1000);
  await installationStore.postponeWrites(ctx.db, effect.installationId, until);
  await effectStore.updateEffect(ctx.db, effect.id, { lastError: error.message });
}

async function park(ctx: AppContext, effect: Effect, reason: 'locked' | 'suspended'): Promise<void> {
  await effectStore.updateEffect(ctx.db, effect.id, { state: 'parked', stateReason: reason });
}
