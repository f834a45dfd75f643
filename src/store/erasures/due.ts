/** What is to be erased: by age, after an uninstallation, for a person. */
import { type AnyColumn, and, asc, eq, gt, isNotNull, lt, notExists, sql } from 'drizzle-orm';
import type { Db } from '../../ports.ts';
import {
  commands,
  deliveries,
  erasures,
  installations,
  issues,
  proposals,
  repositories,
  signals,
} from '../../schema/index.ts';

/** The next issues behind `page.after` (an id) that were not erased since their last event. */
export async function issuesToErase(
  db: Db,
  of: { readonly repositoryId: number } | { readonly installationId: number } | { readonly quietSince: Date },
  page: { readonly after: number; readonly size: number },
): Promise<number[]> {
  const erased = db
    .select({ one: sql`1` })
    .from(erasures)
    .where(
      and(
        eq(erasures.scope, 'issue'),
        sql`${erasures.subject} = ${issues.id}::text`,
        sql`${erasures.erasedAt} >= ${issues.updatedAt}`,
      ),
    );
  const within =
    'repositoryId' in of
      ? eq(issues.repositoryId, of.repositoryId)
      : 'installationId' in of
        ? eq(repositories.installationId, of.installationId)
        : lt(issues.updatedAt, of.quietSince);
  const rows = await db
    .select({ id: issues.id })
    .from(issues)
    .innerJoin(repositories, eq(issues.repositoryId, repositories.id))
    .where(and(within, gt(issues.id, page.after), notExists(erased)))
    .orderBy(asc(issues.id))
    .limit(page.size);
  return rows.map(({ id }) => id);
}

/**
 * Where GitHub said that the App is uninstalled: whole installations, and repositories that were taken out of one or
 * deleted. Those that are only out of sight are parked and may come back.
 */
export async function uninstalled(db: Db): Promise<{ installationIds: number[]; repositoryIds: number[] }> {
  const gone = await db
    .select({ id: installations.id })
    .from(installations)
    .where(eq(installations.status, 'deleted'));
  const removed = await db
    .select({ id: repositories.id })
    .from(repositories)
    .where(and(isNotNull(repositories.removedAt), eq(repositories.removedReason, 'told')));
  return { installationIds: gone.map(({ id }) => id), repositoryIds: removed.map(({ id }) => id) };
}

/** What a user wrote, as comments of issues, and the issues they opened. */
export async function writingsOf(
  db: Db,
  login: string,
): Promise<{ comments: { issueId: number; commentId: number }[]; issueIds: number[] }> {
  const name = login.toLowerCase();
  const is = (column: AnyColumn) => sql`lower(${column}) = ${name}`;
  const proposed = await db
    .select({ issueId: proposals.issueId, commentId: proposals.commentId })
    .from(proposals)
    .where(is(proposals.authorLogin));
  const commanded = await db
    .select({ issueId: commands.issueId, commentId: commands.commentId })
    .from(commands)
    .where(is(commands.actorLogin));
  const evidence = await db
    .select({ issueId: signals.issueId, commentId: signals.evidenceCommentId })
    .from(signals)
    .where(and(is(signals.actorLogin), isNotNull(signals.evidenceCommentId)));
  const delivered = await db
    .selectDistinct({
      issueId: sql<number>`(${deliveries.payload}->'issue'->>'id')::bigint`.mapWith(Number),
      commentId: sql<number>`(${deliveries.payload}->'comment'->>'id')::bigint`.mapWith(Number),
    })
    .from(deliveries)
    .where(
      and(
        sql`lower(${deliveries.payload}->'comment'->'user'->>'login') = ${name}`,
        sql`${deliveries.payload}->'issue'->>'id' is not null`,
      ),
    );
  const opened = await db.select({ id: issues.id }).from(issues).where(is(issues.authorLogin));
  const all = [...proposed, ...commanded, ...delivered];
  for (const { issueId, commentId } of evidence) if (commentId !== null) all.push({ issueId, commentId });
  const distinct = new Map(all.map((one) => [`${one.issueId}:${one.commentId}`, one]));
  return { comments: [...distinct.values()], issueIds: opened.map(({ id }) => id) };
}
