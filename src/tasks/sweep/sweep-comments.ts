/**
 * Commands that nobody told us about: the comments that changed since the last sweep are read, per repository, and
 * what was never seen is taken as its webhook would have been. Only comments that were never edited, so that an
 * edit cannot add a command, and only such that are younger than our knowledge of the repository: nothing old is
 * acted upon after an installation.
 */
import { hasMaskedCommand, parseCommands } from '../../pipeline/command/parse.ts';
import type { AppContext, RecentComment } from '../../ports.ts';
import { commandStore, type repositoryStore, sweepStore } from '../../store/index.ts';
import { applyComment } from '../delivery/apply-comment.ts';
import { scaled } from '../support/scaled.ts';
import { visitAll } from './visit-all.ts';

type Repository = repositoryStore.Repository;

/** GitHub may list a comment late: this much is read again every time; milliseconds. */
const OVERLAP_MS = 120_000;
/** The webhook of a younger comment is likely to be still under way; milliseconds. */
const GRACE_MS = 60_000;

/** GitHub cuts its times down to whole seconds: a comment may be up to this much younger than it says. */
const SECOND_MS = 1_000;

export async function sweepComments(ctx: AppContext, signal: AbortSignal): Promise<void> {
  const { installationAllowlist } = ctx.config;
  const repositories = (await sweepStore.reachableRepositories(ctx.db)).filter(
    ({ installationId }) => installationAllowlist?.includes(installationId) ?? true,
  );
  await visitAll(ctx, repositories, signal, (repository) => sweepRepository(ctx, repository));
}

async function sweepRepository(ctx: AppContext, repository: Repository): Promise<void> {
  const key = `comments:${repository.id}`;
  const mark = await sweepStore.sweepMark(ctx.db, key, repository.createdAt);
  const github = await ctx.github.forInstallation(repository.installationId);
  const found = await github.listRecentComments(
    { owner: repository.owner, name: repository.name },
    mark.mark,
    mark.etag,
  );
  if (found === 'unchanged') return;
  const youngest = ctx.clock.now().getTime() - scaled(ctx, GRACE_MS);
  const settled = found.comments.filter((comment) => Date.parse(comment.createdAt) <= youngest);
  for (const comment of settled) {
    if (await isUnseenCommand(ctx, repository, comment)) await take(ctx, repository, comment);
  }
  const last = Math.max(
    mark.mark.getTime(),
    ...settled.map((comment) => Date.parse(comment.updatedAt) - OVERLAP_MS),
  );
  const isComplete = settled.length === found.comments.length && last === mark.mark.getTime();
  // The answer can only be the same again when the same is asked again.
  await sweepStore.saveMark(ctx.db, key, { mark: new Date(last), etag: isComplete ? found.etag : null });
}

async function isUnseenCommand(
  ctx: AppContext,
  repository: Repository,
  comment: RecentComment,
): Promise<boolean> {
  if (comment.appId === ctx.github.appId || comment.author.isBot) return false;
  if (comment.createdAt !== comment.updatedAt) return false;
  if (Date.parse(comment.createdAt) + SECOND_MS <= repository.createdAt.getTime()) return false;
  if (parseCommands(comment.body).length === 0 && !hasMaskedCommand(comment.body)) return false;
  return !(await commandStore.isKnownComment(ctx.db, comment.id));
}

async function take(ctx: AppContext, repository: Repository, comment: RecentComment): Promise<void> {
  const github = await ctx.github.forInstallation(repository.installationId);
  const { owner, name, id, isPrivate, installationId } = repository;
  const issue = await github.describeIssue({ owner, name, number: comment.issueNumber });
  if (issue === null) return;
  ctx.logger.warn({ comment: comment.id, issue: issue.id }, 'a command was never delivered; it is taken now');
  await ctx.db.transaction((tx) =>
    applyComment(
      { ctx, tx },
      {
        kind: 'comment',
        action: 'created',
        installationId,
        sender: comment.author,
        repository: { id, owner, name, isPrivate },
        issue,
        comment,
        previousBody: null,
      },
    ),
  );
  await ctx.failpoint('sweep.command-taken');
}
