/** Reads what the pull requests behind an issue's label touched. Only names are kept; without them nothing fails. */
import { GitHubError } from '../../errors.ts';
import { changedNames } from '../../pipeline/feedback/changed-names.ts';
import type { AppContext, GitHub, RepositoryRef } from '../../ports.ts';
import { changeStore, type issueStore } from '../../store/index.ts';

const MINUTE_MS = 60_000;
/** With a pause that doubles from a minute on, the last attempt comes after about a day. */
const MOST_TRIES = 10;

export async function readChanges(ctx: AppContext, issue: issueStore.LocatedIssue): Promise<void> {
  const due = await changeStore.changesDue(ctx.db, issue.id, ctx.clock.now());
  if (due.length === 0) return;
  const github = await ctx.github.forInstallation(issue.installationId);
  const ref = { owner: issue.owner, name: issue.repositoryName };
  for (const change of due) await readChange(ctx, github, ref, change);
}

async function readChange(
  ctx: AppContext,
  github: GitHub,
  ref: RepositoryRef,
  change: changeStore.MergedChange,
): Promise<void> {
  try {
    const names = await namesOfPull(github, ref, change.pullNumber);
    await changeStore.saveChange(ctx.db, change, names, ctx.clock.now());
  } catch (error) {
    if (!(error instanceof GitHubError) || !error.retryable) throw error;
    ctx.logger.warn({ err: error, pull: change.pullNumber }, 'a merged change could not be read');
    if (change.tries + 1 >= MOST_TRIES) return changeStore.saveChange(ctx.db, change, null, ctx.clock.now());
    const pauseMs = Math.max(2 ** change.tries * MINUTE_MS, (error.retryAfterSeconds ?? 0) * 1000);
    await changeStore.postponeChange(ctx.db, change, new Date(ctx.clock.now().getTime() + pauseMs));
  }
}

/** @returns null when GitHub will never tell. @throws GitHubError when it may tell later. */
export async function namesOfPull(
  github: Pick<GitHub, 'readPullFiles'>,
  ref: RepositoryRef,
  pullNumber: number,
  signal?: AbortSignal,
): Promise<string[] | null> {
  try {
    return changedNames(await github.readPullFiles({ ...ref, number: pullNumber }, signal));
  } catch (error) {
    if (!(error instanceof GitHubError) || error.retryable || error.failure === 'suspended') throw error;
    return null;
  }
}
