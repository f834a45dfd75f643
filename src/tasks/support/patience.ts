/**
 * What to do when a piece of work fails: wait when it may pass by itself, for as long as anybody would want the
 * answer, and count it when it is a defect, so that nothing is tried for ever.
 */
import { GitHubError, messageOf } from '../../errors.ts';
import type { AppContext } from '../../ports.ts';
import { installationStore, type issueStore, repositoryStore } from '../../store/index.ts';
import { isDatabaseOutage } from './database-outage.ts';
import { scaled } from './scaled.ts';

/** Work that fails by itself, or kills its worker, this often ends as failed with the reason. */
export const MAX_ATTEMPTS = 5;

const SECOND_MS = 1_000;
/** How long work waits for GitHub before it ends as failed; milliseconds. */
const PATIENCE_MS = 24 * 3_600_000;
/** So long GitHub may not find what it has just told of. */
const REPLICATION_MS = 30_000;
const FIRST_WAIT_MS = 2 * SECOND_MS;
const LONGEST_WAIT_MS = 60 * SECOND_MS;

/** Something that is under way has to be known first: the work waits, and it is nobody's failure. */
export class NotYetError extends Error {
  override readonly name = 'NotYetError';
}

export type Setback =
  /** Try again after `ms` milliseconds; it does not count as an attempt. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Nothing can be done until something changes on GitHub, which then wakes the lane. */
  | { readonly kind: 'parked' }
  /** Waiting is over. */
  | { readonly kind: 'too-late'; readonly reason: string }
  | { readonly kind: 'defect'; readonly reason: string };

/** @param work since when it waits, and how often it was set back. */
export async function weigh(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  work: { readonly since: Date; readonly setbacks: number },
  error: unknown,
): Promise<Setback> {
  const reason = messageOf(error);
  if (error instanceof GitHubError) {
    if (await isParked(ctx, issue, error)) return { kind: 'parked' };
    const ms = githubWait(ctx, work, error);
    if (ms !== null) return inTime(ctx, work.since, ms, reason);
  }
  if (error instanceof NotYetError || isDatabaseOutage(error)) {
    return inTime(ctx, work.since, backoff(ctx, work.setbacks), reason);
  }
  return { kind: 'defect', reason };
}

function inTime(ctx: AppContext, since: Date, ms: number, reason: string): Setback {
  const waited = ctx.clock.now().getTime() - since.getTime();
  return waited > PATIENCE_MS ? { kind: 'too-late', reason } : { kind: 'wait', ms };
}

/** Milliseconds; null when GitHub will not say anything else later. */
function githubWait(
  ctx: AppContext,
  { since, setbacks }: { readonly since: Date; readonly setbacks: number },
  error: GitHubError,
): number | null {
  switch (error.failure) {
    case 'rate-limited':
      return scaled(ctx, (error.retryAfterSeconds ?? 60) * SECOND_MS);
    case 'unavailable':
    case 'ambiguous':
    case 'unauthorized':
      return backoff(ctx, setbacks);
    case 'not-found':
      return ctx.clock.now() < new Date(since.getTime() + scaled(ctx, REPLICATION_MS))
        ? backoff(ctx, setbacks)
        : null;
    default:
      return null;
  }
}

function backoff(ctx: AppContext, setbacks: number): number {
  return scaled(ctx, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(setbacks, 10)));
}

/** Suspended, or out of our sight: remembered, so that the lane rests until that changes. */
async function isParked(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  { failure }: GitHubError,
): Promise<boolean> {
  if (failure === 'suspended') {
    await installationStore.setInstallationStatus(ctx.db, issue.installationId, 'suspended');
    return true;
  }
  if (failure !== 'not-found') return false;
  const github = await ctx.github.forInstallation(issue.installationId);
  if (await github.canSee({ owner: issue.owner, name: issue.repositoryName })) return false;
  await repositoryStore.markRepositoryUnseen(ctx.db, issue.repositoryId, ctx.clock.now());
  return true;
}
