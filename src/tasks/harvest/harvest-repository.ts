/**
 * Reads a repository's closed issues into snapshots with labels. It only reads: an issue takes one request, its list
 * one for a hundred. What was read and has not changed since is not read again, so it can be interrupted at any time.
 */
import { GitHubError } from '../../errors.ts';
import {
  CONFIG_PATH,
  defaultRepositoryConfig,
  headingsOf,
  type RepositoryConfig,
} from '../../pipeline/command/repository-config.ts';
import { mergedPulls } from '../../pipeline/feedback/changed-names.ts';
import { readPastThread } from '../../pipeline/feedback/harvest/past-thread.ts';
import type { Clock, Db, GitHub, RateBudget, RepositoryRef } from '../../ports.ts';
import type { HarvestOutcome } from '../../schema/index.ts';
import { changeStore, evidenceStore, harvestStore } from '../../store/index.ts';
import { eraseComment } from '../erasure/erase-comment.ts';
import { findVanished } from '../erasure/find-vanished.ts';
import { namesOfPull } from '../evidence/read-changes.ts';
import { keepConfig } from '../support/repository-config.ts';
import { resolveLabelsOfIssue } from '../support/resolve-label.ts';
import { storePastThread } from './store-thread.ts';

export interface HarvestContext {
  readonly db: Db;
  readonly clock: Clock;
  readonly github: GitHub;
}

export interface HarvestOptions {
  /** ISO 8601: only issues that changed since. */
  readonly since: string | null;
  /** Issues to read at most in this go. */
  readonly limit: number | null;
  readonly signal?: AbortSignal;
}

export interface HarvestProgress {
  /** Issues seen so far, those that were read before included, of `total`. */
  readonly seen: number;
  readonly total: number;
  readonly read: number;
  /** Set while GitHub's limit is waited out: until when. */
  readonly waitingUntil: Date | null;
}

export interface HarvestReport {
  /** Issues that were read in this go, by what came of them. */
  readonly outcomes: Readonly<Record<HarvestOutcome, number>>;
  readonly read: number;
  readonly skipped: number;
  /** Requests in all, and those for each issue that was read. */
  readonly apiCalls: number;
  readonly apiCallsPerIssue: number;
}

/** Fewer requests than this are left to others who use the same token. */
const SPARE_REQUESTS = 50;
const FALLBACK_WAIT_MS = 60_000;
const MOST_WAITS = 100;

export async function harvestRepository(
  ctx: HarvestContext,
  ref: RepositoryRef,
  options: HarvestOptions,
  onProgress: (progress: HarvestProgress) => void = () => {},
): Promise<HarvestReport> {
  const tally = { stored: 0, unlabelled: 0, 'no-proposals': 0, known: 0, gone: 0 };
  const count = { seen: 0, read: 0, skipped: 0, apiCalls: 0 };
  let config: RepositoryConfig | null = null;
  let known: ReadonlyMap<number, harvestStore.Harvest> = new Map();
  let cursor: string | null = null;
  do {
    const page = await patiently(ctx, options, count, onProgress, () =>
      ctx.github.listClosedIssues(ref, { since: options.since, cursor }, options.signal),
    );
    count.apiCalls += 1;
    if (config === null) {
      await harvestStore.knowRepository(ctx.db, {
        id: page.repositoryId,
        owner: ref.owner,
        name: ref.name,
        isPrivate: page.isPrivate,
      });
      config = await readConfig(ctx, ref, page.repositoryId);
      count.apiCalls += 1;
      known = await harvestStore.harvestedIssues(ctx.db, page.repositoryId);
    }
    for (const listed of page.issues) {
      options.signal?.throwIfAborted();
      if (options.limit !== null && count.read >= options.limit) return report(tally, count);
      count.seen += 1;
      if (isUnchanged(known.get(listed.number), listed)) count.skipped += 1;
      else {
        const read = await patiently(ctx, options, count, onProgress, () =>
          harvestIssue(
            ctx,
            { ...ref, number: listed.number },
            listed.comments,
            config ?? defaultRepositoryConfig,
            options.signal,
          ),
        );
        count.read += 1;
        count.apiCalls += read.requests;
        tally[read.outcome] += 1;
        await waitForBudget(ctx, options, read.rate, count, page.total, onProgress);
      }
      onProgress({ seen: count.seen, read: count.read, total: page.total, waitingUntil: null });
    }
    cursor = page.next;
  } while (cursor !== null);
  return report(tally, count);
}

function isUnchanged(
  last: harvestStore.Harvest | undefined,
  { updatedAt, comments }: { readonly updatedAt: string; readonly comments: number },
): boolean {
  if (!last || last.issueUpdatedAt < new Date(updatedAt)) return false;
  return last.commentCount === null || last.commentCount === comments;
}

interface ReadIssue {
  readonly outcome: HarvestOutcome;
  readonly requests: number;
  readonly rate: RateBudget | null;
}

async function harvestIssue(
  ctx: HarvestContext,
  ref: RepositoryRef & { readonly number: number },
  commentCount: number,
  config: RepositoryConfig,
  signal?: AbortSignal,
): Promise<ReadIssue> {
  const issue = await readIfThere(ctx, ref, signal);
  if (issue === null) return { outcome: 'gone', requests: 1, rate: null };
  const reviewers = [...config.managers, ...config.reviewers];
  const past = readPastThread(issue, { headings: headingsOf(config), reviewers });
  const changes = await readChanges(ctx, ref, issue.repositoryId, mergedPulls(past.signals), signal);
  const { vanished, requests: asked } = await findVanished(ctx.db, ctx.github, ref, issue.id, issue);
  const requests = issue.requests + changes.length + asked;
  const outcome = await ctx.db.transaction(async (tx) => {
    await eraseVanished(ctx, tx, issue.id, vanished);
    const stored = await storePastThread(
      ctx,
      tx,
      {
        id: issue.id,
        repositoryId: issue.repositoryId,
        repository: issue.repository,
        number: issue.number,
        title: issue.title,
        authorLogin: issue.author.login,
        state: issue.state,
        closedAt: issue.closedAt === null ? null : new Date(issue.closedAt),
      },
      past,
      'harvest',
    );
    await harvestStore.noteHarvest(tx, {
      repositoryId: issue.repositoryId,
      issueNumber: issue.number,
      issueUpdatedAt: new Date(issue.updatedAt),
      commentCount,
      outcome: stored,
      apiCalls: requests,
    });
    for (const { pull, names } of changes) await changeStore.saveChange(tx, pull, names, ctx.clock.now());
    return stored;
  });
  return { outcome, requests, rate: issue.rate };
}

/** As the webhook would have: what was harvested from a comment goes when that was deleted since. */
async function eraseVanished(
  ctx: HarvestContext,
  tx: Db,
  issueId: number,
  commentIds: readonly number[],
): Promise<void> {
  const at = ctx.clock.now();
  for (const commentId of commentIds) {
    await evidenceStore.withdrawEvidence(tx, { issueId, commentId, keptKeys: [] }, at);
    await eraseComment(tx, { issueId, commentId }, { reason: 'deleted', at, rerender: null });
  }
  if (commentIds.length > 0) await resolveLabelsOfIssue(tx, issueId, at);
}

/** What the merged pull requests behind the label touched; those that are known already are not asked for again. */
async function readChanges(
  ctx: HarvestContext,
  ref: RepositoryRef,
  repositoryId: number,
  pulls: readonly number[],
  signal?: AbortSignal,
) {
  const known = await changeStore.changesOf(ctx.db, [repositoryId], pulls);
  const changes: { pull: changeStore.PullKey; names: readonly string[] | null }[] = [];
  for (const pullNumber of pulls) {
    if (known.some((one) => one.pullNumber === pullNumber)) continue;
    const names = await namesOfPull(ctx.github, ref, pullNumber, signal);
    changes.push({ pull: { repositoryId, pullNumber }, names });
  }
  return changes;
}

/** An issue that was deleted or moved between the list and now is none of ours. */
async function readIfThere(
  ctx: HarvestContext,
  ref: RepositoryRef & { readonly number: number },
  signal?: AbortSignal,
) {
  try {
    return await ctx.github.readPastIssue(ref, signal);
  } catch (error) {
    if (error instanceof GitHubError && (error.failure === 'not-found' || error.failure === 'gone'))
      return null;
    throw error;
  }
}

/** The repository's own words about headings, reviewers and consent hold for its past too. */
async function readConfig(ctx: HarvestContext, ref: RepositoryRef, id: number): Promise<RepositoryConfig> {
  const file = await ctx.github.readFile(ref, CONFIG_PATH, null);
  // Never `unchanged`: nothing was said of what is known.
  if (file.kind === 'unchanged') return defaultRepositoryConfig;
  return (await keepConfig(ctx.db, id, file)).config;
}

type Count = { seen: number; read: number; skipped: number; apiCalls: number };

/** Waits out GitHub's limits and short failures. */
async function patiently<T>(
  ctx: HarvestContext,
  { signal }: HarvestOptions,
  count: Count,
  onProgress: (progress: HarvestProgress) => void,
  ask: () => Promise<T>,
): Promise<T> {
  for (let waits = 0; ; waits += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof GitHubError) || !error.retryable || waits >= MOST_WAITS) throw error;
      // A request that failed was one all the same.
      count.apiCalls += 1;
      const wait = error.retryAfterSeconds === null ? FALLBACK_WAIT_MS : error.retryAfterSeconds * 1000;
      const waitingUntil = new Date(ctx.clock.now().getTime() + wait);
      onProgress({ seen: count.seen, read: count.read, total: count.seen, waitingUntil });
      await ctx.clock.sleep(wait, signal);
    }
  }
}

async function waitForBudget(
  ctx: HarvestContext,
  { signal }: HarvestOptions,
  rate: RateBudget | null,
  count: Count,
  total: number,
  onProgress: (progress: HarvestProgress) => void,
): Promise<void> {
  if (rate === null || rate.remaining > SPARE_REQUESTS) return;
  const waitingUntil = new Date(rate.resetAt);
  const wait = waitingUntil.getTime() - ctx.clock.now().getTime();
  if (wait <= 0) return;
  onProgress({ seen: count.seen, read: count.read, total, waitingUntil });
  await ctx.clock.sleep(wait, signal);
}

function report(outcomes: HarvestReport['outcomes'], { read, skipped, apiCalls }: Count): HarvestReport {
  return { outcomes, read, skipped, apiCalls, apiCallsPerIssue: read === 0 ? 0 : apiCalls / read };
}
