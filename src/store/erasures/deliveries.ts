/** Payloads as GitHub delivered them. */
import { and, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Db } from '../../ports.ts';
import { deliveries } from '../../schema/index.ts';

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
