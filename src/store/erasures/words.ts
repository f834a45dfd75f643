/** What people said in commands and as reasons. */
import { and, eq, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Db } from '../../ports.ts';
import { commands, datasetRows, decisions, labels, signals } from '../../schema/index.ts';
import { NO_TEXT } from '../dataset-versions.ts';
import { mark } from './mark.ts';

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
