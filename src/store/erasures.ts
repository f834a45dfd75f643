/** Overwriting what is to be forgotten. Every function says how many rows it changed; running one again changes none. */
import { createHash, randomUUID } from 'node:crypto';
import {
  type AnyColumn,
  and,
  asc,
  eq,
  exists,
  gt,
  inArray,
  isNotNull,
  isNull,
  lt,
  notExists,
  or,
  type SQL,
  sql,
} from 'drizzle-orm';
import type { Assessment, JudgeInput } from '../pipeline/judge/types.ts';
import type { Db } from '../ports.ts';
import {
  commands,
  datasetRows,
  decisions,
  deliveries,
  distilledAnswers,
  effects,
  erasures,
  installations,
  issues,
  labels,
  mergedChanges,
  proposals,
  repositories,
  revisions,
  runs,
  signals,
  snapshots,
  votes,
} from '../schema/index.ts';
import { NO_TEXT } from './dataset-versions.ts';

export type ErasureScope = (typeof erasures.$inferInsert)['scope'];
export type ErasureReason = (typeof erasures.$inferInsert)['reason'];

/** A user as the record of erasures names them. */
export function userHash(login: string): string {
  return createHash('sha256').update(`user/${login.toLowerCase()}`).digest('hex');
}

export async function recordErasure(
  tx: Db,
  erasure: Omit<typeof erasures.$inferInsert, 'id'>,
): Promise<void> {
  await tx.insert(erasures).values({ id: randomUUID(), ...erasure });
}

/** Hashes of the users who asked to be forgotten. */
export async function forgottenUsers(db: Db): Promise<Set<string>> {
  const rows = await db
    .selectDistinct({ subject: erasures.subject })
    .from(erasures)
    .where(and(eq(erasures.scope, 'user'), eq(erasures.reason, 'asked')));
  return new Set(rows.map(({ subject }) => subject));
}

/** Those of the comments whose text was erased. */
export async function erasedComments(db: Db, commentIds: readonly number[]): Promise<Set<number>> {
  if (commentIds.length === 0) return new Set();
  const rows = await db
    .selectDistinct({ subject: erasures.subject })
    .from(erasures)
    .where(and(eq(erasures.scope, 'comment'), inArray(erasures.subject, commentIds.map(String))));
  return new Set(rows.map(({ subject }) => Number(subject)));
}

/** In SQL what `eraseText` of the dataset stage does: a mark with the text's hash. */
function mark(column: AnyColumn): SQL<string> {
  return sql`case when ${column} = '' or ${column} like '[erased, SHA-256 %]' then ${column} else '[erased, SHA-256 ' || encode(sha256(convert_to(${column}, 'UTF8')), 'hex') || ']' end`;
}

/** Deliveries about the issue, or about these of its comments. */
export async function erasePayloads(
  tx: Db,
  where: { readonly issueId: number; readonly commentIds: readonly number[] | null },
  erase: (payload: unknown) => unknown,
): Promise<number> {
  const { issueId, commentIds } = where;
  const comment = sql`(${deliveries.payload}->'comment'->>'id')::bigint`;
  const rows = await tx
    .select({ id: deliveries.id, payload: deliveries.payload })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.lane, `issue:${issueId}`),
        commentIds === null ? undefined : inArray(comment, [...commentIds]),
      ),
    );
  for (const { id, payload } of rows) {
    await tx
      .update(deliveries)
      .set({ payload: erase(payload), error: null })
      .where(eq(deliveries.id, id));
  }
  return rows.length;
}

export async function erasePayload(tx: Db, id: string, erase: (payload: unknown) => unknown): Promise<void> {
  const [row] = await tx.select().from(deliveries).where(eq(deliveries.id, id));
  if (row)
    await tx
      .update(deliveries)
      .set({ payload: erase(row.payload) })
      .where(eq(deliveries.id, id));
}

/** A mark in the place of whole payloads: hashes of what was delivered. */
const WHOLE_PAYLOAD = {
  payload: sql`jsonb_build_object('erased', 'SHA-256 ' || encode(sha256(convert_to(${deliveries.payload}::text, 'UTF8')), 'hex'))`,
  error: null,
};
const isWhole = sql`not (${deliveries.payload} ? 'erased')`;

/** Deliveries of a repository or an installation, whatever they are about. */
export async function eraseDeliveriesOf(
  tx: Db,
  of: { readonly repositoryId: number } | { readonly installationId: number },
): Promise<number> {
  const column =
    'repositoryId' in of
      ? eq(deliveries.repositoryId, of.repositoryId)
      : eq(deliveries.installationId, of.installationId);
  const done = inArray(deliveries.state, ['processed', 'ignored', 'failed']);
  const rows = await tx
    .update(deliveries)
    .set(WHOLE_PAYLOAD)
    .where(and(column, done, isWhole))
    .returning({ id: deliveries.id });
  return rows.length;
}

/** Deliveries that came before `before` and are worked off. */
export async function eraseDeliveriesBefore(tx: Db, before: Date, most: number): Promise<number> {
  const old = tx
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(
      and(
        lt(deliveries.receivedAt, before),
        inArray(deliveries.state, ['processed', 'ignored', 'failed']),
        isWhole,
      ),
    )
    .limit(most);
  const rows = await tx
    .update(deliveries)
    .set(WHOLE_PAYLOAD)
    .where(inArray(deliveries.id, old))
    .returning({ id: deliveries.id });
  return rows.length;
}

/** @param proposalId null takes every proposal of the issue */
export async function eraseRevisions(
  tx: Db,
  of: { readonly issueId: number; readonly proposalId: string | null },
  at: Date,
): Promise<number> {
  const which =
    of.proposalId === null
      ? inArray(
          revisions.proposalId,
          tx.select({ id: proposals.id }).from(proposals).where(eq(proposals.issueId, of.issueId)),
        )
      : eq(revisions.proposalId, of.proposalId);
  const rows = await tx
    .update(revisions)
    .set({ body: mark(revisions.body), erasedAt: at })
    .where(and(which, isNull(revisions.erasedAt)))
    .returning({ id: revisions.id });
  return rows.length;
}

/**
 * Snapshots of the issue that hold the proposal, or all of them.
 * @returns the ids of those it changed.
 */
export async function eraseSnapshots(
  tx: Db,
  of: { readonly issueId: number; readonly number: number | null },
  erase: (input: JudgeInput) => JudgeInput,
  at: Date,
): Promise<string[]> {
  const rows = await tx.select().from(snapshots).where(eq(snapshots.issueId, of.issueId));
  const touched = rows.filter(
    ({ input }) => of.number === null || input.candidates.some((one) => one.number === of.number),
  );
  for (const { id, input, erasedAt } of touched) {
    await tx
      .update(snapshots)
      .set({ input: erase(input), erasedAt: erasedAt ?? at })
      .where(eq(snapshots.id, id));
  }
  return touched.map(({ id }) => id);
}

/** Everything that was made of the snapshots' texts: prompts, votes, decisions, sampled answers, training rows. */
export async function eraseDerived(
  tx: Db,
  snapshotIds: readonly string[],
  erase: (text: string) => string,
  at: Date,
): Promise<{ decisionIds: string[]; votes: number; distilled: number; datasetRows: number }> {
  if (snapshotIds.length === 0) return { decisionIds: [], votes: 0, distilled: 0, datasetRows: 0 };
  const ids = [...snapshotIds];
  const decided = await tx.select().from(decisions).where(inArray(decisions.snapshotId, ids));
  for (const decision of decided) await eraseDecision(tx, decision, erase);
  const decisionIds = decided.map(({ id }) => id);
  return {
    decisionIds,
    votes: await eraseVotes(tx, decisionIds, at),
    distilled: await eraseDistilled(tx, ids, at),
    datasetRows: await eraseRows(tx, ids, at),
  };
}

async function eraseDecision(
  tx: Db,
  decision: typeof decisions.$inferSelect,
  erase: (text: string) => string,
): Promise<void> {
  const orNull = (text: string | null) => (text === null ? null : erase(text));
  const assessments = decision.assessments.map(
    (line): Assessment => ({ ...line, strength: erase(line.strength), weakness: erase(line.weakness) }),
  );
  await tx
    .update(decisions)
    .set({
      explanation: erase(decision.explanation),
      goldenProposal: erase(decision.goldenProposal),
      abstainReason: orNull(decision.abstainReason),
      wouldDecide: orNull(decision.wouldDecide),
      assessments,
      ideas: decision.ideas.map((entry) => ({ ...entry, idea: erase(entry.idea) })),
    })
    .where(eq(decisions.id, decision.id));
}

async function eraseVotes(tx: Db, decisionIds: string[], at: Date): Promise<number> {
  if (decisionIds.length === 0) return 0;
  const rows = await tx
    .update(votes)
    .set({
      prompt: mark(votes.prompt),
      answer: mark(votes.answer),
      thinking: mark(votes.thinking),
      error: mark(votes.error),
      erasedAt: at,
    })
    .where(and(inArray(votes.decisionId, decisionIds), isNull(votes.erasedAt)))
    .returning({ id: votes.id });
  return rows.length;
}

async function eraseDistilled(tx: Db, snapshotIds: string[], at: Date): Promise<number> {
  const rows = await tx
    .update(distilledAnswers)
    .set({ explanation: null, goldenProposal: null, thinking: null, erasedAt: at })
    .where(and(inArray(distilledAnswers.snapshotId, snapshotIds), isNull(distilledAnswers.erasedAt)))
    .returning({ id: distilledAnswers.id });
  return rows.length;
}

async function eraseRows(tx: Db, snapshotIds: string[], at: Date): Promise<number> {
  const rows = await tx
    .update(datasetRows)
    .set({ ...NO_TEXT, erasedAt: at })
    .where(and(inArray(datasetRows.snapshotId, snapshotIds), isNull(datasetRows.erasedAt)))
    .returning({ rowId: datasetRows.rowId });
  return rows.length;
}

/**
 * What people wrote with a command, and the reasons that were taken from it.
 * @param commentId null takes every comment of the issue
 */
export async function eraseCommandWords(
  tx: Db,
  of: { readonly issueId: number; readonly commentId: number | null },
  erase: (parsed: unknown) => unknown,
  at: Date,
): Promise<{ commands: number; signals: number; datasetRows: number; decisionIds: string[] }> {
  const { issueId, commentId } = of;
  const given = await tx
    .select()
    .from(commands)
    .where(
      and(eq(commands.issueId, issueId), commentId === null ? undefined : eq(commands.commentId, commentId)),
    );
  for (const { id, parsed } of given) {
    await tx
      .update(commands)
      .set({ parsed: erase(parsed), outcomeDetail: mark(commands.outcomeDetail) })
      .where(eq(commands.id, id));
  }
  const from =
    commentId === null
      ? undefined
      : or(
          eq(signals.evidenceCommentId, commentId),
          sql`${signals.evidenceUrl} like ${`%#issuecomment-${commentId}`}`,
        );
  const reasons = await tx
    .select({ id: signals.id, reason: signals.reason })
    .from(signals)
    .where(and(eq(signals.issueId, issueId), from, isNotNull(signals.reason)));
  const decisionIds = await eraseStateReasons(
    tx,
    issueId,
    reasons.flatMap(({ reason }) => reason ?? []),
  );
  const signalIds = reasons.map(({ id }) => id);
  if (reasons.length > 0) {
    await tx
      .update(signals)
      .set({ reason: mark(signals.reason) })
      .where(inArray(signals.id, signalIds));
  }
  return {
    commands: given.length,
    signals: reasons.length,
    datasetRows: await eraseRowsWithSignals(tx, signalIds, at),
    decisionIds,
  };
}

/** A decision's state line repeats the reason of the signal behind it. @returns the decisions that did. */
async function eraseStateReasons(tx: Db, issueId: number, reasons: readonly string[]): Promise<string[]> {
  if (reasons.length === 0) return [];
  const rows = await tx
    .update(decisions)
    .set({ stateReason: null })
    .where(and(eq(decisions.issueId, issueId), inArray(decisions.stateReason, [...reasons])))
    .returning({ id: decisions.id });
  return rows.map(({ id }) => id);
}

/** Rows may teach the reason of a signal as their explanation. */
async function eraseRowsWithSignals(tx: Db, signalIds: readonly string[], at: Date): Promise<number> {
  if (signalIds.length === 0) return 0;
  const ids = sql.join(
    signalIds.map((id) => sql`${id}`),
    sql`, `,
  );
  const behind = tx
    .select({ id: labels.id })
    .from(labels)
    .where(sql`${labels.signalIds} ?| array[${ids}]::text[]`);
  const rows = await tx
    .update(datasetRows)
    .set({ ...NO_TEXT, erasedAt: at })
    .where(and(inArray(datasetRows.labelId, behind), isNull(datasetRows.erasedAt)))
    .returning({ rowId: datasetRows.rowId });
  return rows.length;
}

export type CommentEffect = typeof effects.$inferSelect;

/** Comments of ours on the issue, those that were never posted included. */
export async function ownComments(tx: Db, issueId: number): Promise<CommentEffect[]> {
  return tx
    .select()
    .from(effects)
    .where(and(eq(effects.issueId, issueId), eq(effects.kind, 'comment')));
}

/** What a comment of ours is to say instead. */
export async function overwriteComment(
  tx: Db,
  effectId: string,
  change: Pick<CommentEffect, 'desiredBody'> & Partial<Pick<CommentEffect, 'desiredHash' | 'state'>>,
): Promise<void> {
  await tx.update(effects).set(change).where(eq(effects.id, effectId));
}

/** The text that GitHub was last seen to show, and errors that may quote it. */
export async function eraseAppliedBody(tx: Db, effectId: string): Promise<void> {
  await tx.update(effects).set({ appliedBody: null, lastError: null }).where(eq(effects.id, effectId));
}

/** Names in the changes that pull requests merged for the issue. */
export async function eraseChanges(tx: Db, issueId: number, at: Date): Promise<number> {
  const merged = tx
    .select({ one: sql`1` })
    .from(signals)
    .innerJoin(issues, eq(issues.id, signals.issueId))
    .where(
      and(
        eq(issues.id, issueId),
        eq(issues.repositoryId, mergedChanges.repositoryId),
        eq(signals.pullNumber, mergedChanges.pullNumber),
      ),
    );
  const rows = await tx
    .update(mergedChanges)
    .set({ names: null, dueAt: null, erasedAt: at })
    .where(and(isNull(mergedChanges.erasedAt), exists(merged)))
    .returning({ pull: mergedChanges.pullNumber });
  return rows.length;
}

/** Messages of errors quote what was being written; jobs that failed keep them too. */
export async function eraseErrors(tx: Db, issueId: number): Promise<void> {
  await tx.update(runs).set({ error: null }).where(eq(runs.issueId, issueId));
  await tx
    .update(deliveries)
    .set({ error: null })
    .where(eq(deliveries.lane, `issue:${issueId}`));
  await tx.execute(
    sql`update pgboss.job set output = null where output is not null and (data->>'lane' = ${`issue:${issueId}`} or data->>'issueId' = ${String(issueId)})`,
  );
}

/** The issue's own text where it does not stand in a snapshot. */
export async function eraseIssueTitle(tx: Db, issueId: number): Promise<void> {
  await tx
    .update(issues)
    .set({ title: mark(issues.title) })
    .where(eq(issues.id, issueId));
}

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

/** Where the App is uninstalled: whole installations, and repositories that were taken out of one or deleted. */
export async function uninstalled(db: Db): Promise<{ installationIds: number[]; repositoryIds: number[] }> {
  const gone = await db
    .select({ id: installations.id })
    .from(installations)
    .where(eq(installations.status, 'deleted'));
  const removed = await db
    .select({ id: repositories.id })
    .from(repositories)
    .where(isNotNull(repositories.removedAt));
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

/** Columns that name accounts to reach them on GitHub: without them the App could not work for the others. */
const NAMES_WE_NEED = new Set(['repositories.owner', 'repositories.name', 'installations.account_login']);

/**
 * Replaces a person in every text and JSON column of every table of ours, found by the database's own catalogue so
 * that no table can be forgotten.
 */
export async function forgetEverywhere(
  tx: Db,
  login: string,
  forget: { readonly text: (text: string) => string; readonly json: (value: unknown) => unknown },
): Promise<number> {
  let changed = 0;
  for (const { table, column, type } of await textColumns(tx)) {
    if (NAMES_WE_NEED.has(`${table}.${column}`)) continue;
    const [name, of] = [sql.identifier(column), sql.identifier(table)];
    const rows = await tx.execute(
      sql`select ctid::text as row, ${name} as value from ${of} where ${name}::text ilike ${`%${literal(login)}%`}`,
    );
    for (const { row, value } of (rows as unknown as { rows: { row: string; value: unknown }[] }).rows) {
      const next = type === 'jsonb' ? JSON.stringify(forget.json(value)) : forget.text(String(value));
      if (type !== 'jsonb' && next === value) continue;
      await tx.execute(
        type === 'jsonb'
          ? sql`update ${of} set ${name} = ${next}::jsonb where ctid = ${row}::tid`
          : sql`update ${of} set ${name} = ${next} where ctid = ${row}::tid`,
      );
      changed += 1;
    }
  }
  return changed;
}

export interface TextColumn {
  readonly table: string;
  readonly column: string;
  readonly type: 'text' | 'jsonb';
}

/** Every column of our tables that can hold text. */
export async function textColumns(db: Db): Promise<TextColumn[]> {
  const rows = await db.execute(
    sql`select table_name as "table", column_name as "column", case when data_type = 'jsonb' then 'jsonb' else 'text' end as type
        from information_schema.columns
        where table_schema = 'public' and data_type in ('text', 'character varying', 'jsonb')
        order by table_name, ordinal_position`,
  );
  return (rows as unknown as { rows: TextColumn[] }).rows;
}

/** For `like`: its wildcards as plain characters. */
function literal(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** GitHub's ids of the person beside the pseudonym. */
export async function forgetIds(tx: Db, pseudonym: string): Promise<void> {
  await tx.update(proposals).set({ authorId: null }).where(eq(proposals.authorLogin, pseudonym));
  await tx.update(signals).set({ actorId: null }).where(eq(signals.actorLogin, pseudonym));
  await tx.update(commands).set({ actorId: null }).where(eq(commands.actorLogin, pseudonym));
}
