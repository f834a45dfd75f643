/**
 * The gate in front of every write to GitHub: the installation's lease, the distance to the write before, and
 * the content ceilings, looked at in one transaction and by the database's clock.
 */
import { and, desc, eq, isNull, lt, ne, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { installations, writes } from '../schema/index.ts';
import { keepLease, type Lease } from './leases.ts';

export type WriteKind = (typeof writes.$inferSelect)['what'];

/** At most `most` writes that create or change content within `windowMs` milliseconds. */
export interface Ceiling {
  readonly windowMs: number;
  readonly most: number;
}

export interface WriteRequest {
  readonly lease: Lease;
  /** How long the lease lasts from the moment the write is let through, in milliseconds. */
  readonly leaseMs: number;
  readonly installationId: number;
  readonly effectId: string;
  readonly what: WriteKind;
  readonly spacingMs: number;
  readonly ceilings: readonly Ceiling[];
}

export type WriteSlot =
  | { readonly kind: 'taken'; readonly writeId: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'lease-lost' };

/** Lets one write through, or says how long to wait. The row lock makes this safe across processes. */
export async function takeWriteSlot(db: Db, request: WriteRequest): Promise<WriteSlot> {
  return db.transaction(async (tx) => {
    if (!(await keepLease(tx, request.lease, request.leaseMs))) return { kind: 'lease-lost' };
    const ms = Math.max(await spacingLeft(tx, request.installationId), await ceilingLeft(tx, request));
    if (ms > 0) return { kind: 'wait', ms };
    await pauseWrites(tx, request.installationId, request.spacingMs);
    const [row] = await tx
      .insert(writes)
      .values({
        installationId: request.installationId,
        effectId: request.effectId,
        what: request.what,
        sentAt: sql`clock_timestamp()`,
      })
      .returning({ id: writes.id });
    if (!row) throw new Error('insert returned no row');
    return { kind: 'taken', writeId: row.id };
  });
}

/** Milliseconds until the installation's next write is due; 0 when it is. */
export async function spacingLeft(db: Db, installationId: number): Promise<number> {
  const [row] = await db
    .select({ ms: msUntil(installations.nextWriteAt) })
    .from(installations)
    .where(eq(installations.id, installationId))
    .for('update');
  return Math.max(0, row?.ms ?? 0);
}

/** The oldest of the last `most` content writes has to leave the window first. */
async function ceilingLeft(tx: Db, { installationId, what, ceilings }: WriteRequest): Promise<number> {
  if (what === 'delete') return 0;
  const at = sql`coalesce(${writes.answeredAt}, ${writes.sentAt})`;
  const waits = [0];
  for (const { windowMs, most } of ceilings) {
    const [row] = await tx
      .select({ ms: msUntil(at) })
      .from(writes)
      .where(and(eq(writes.installationId, installationId), ne(writes.what, 'delete')))
      .orderBy(desc(writes.sentAt))
      .offset(most - 1)
      .limit(1);
    if (row?.ms != null) waits.push(row.ms + windowMs);
  }
  return Math.max(...waits);
}

/** The write was answered, or given up: the distance to the next one counts from here. */
export async function settleWrite(
  db: Db,
  write: { id: number; installationId: number; spacingMs: number },
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.update(writes).set({ answeredAt: sql`clock_timestamp()` }).where(eq(writes.id, write.id));
    await pauseWrites(tx, write.installationId, write.spacingMs);
  });
}

/** No write of the installation for the next `ms` milliseconds; a longer wait stays. */
export async function pauseWrites(db: Db, installationId: number, ms: number): Promise<void> {
  await db
    .update(installations)
    .set({ nextWriteAt: laterOf(installations.nextWriteAt, ms) })
    .where(eq(installations.id, installationId));
}

/** The same for everything that is asked of GitHub: its answer was that the requests are used up. */
export async function pauseRequests(db: Db, installationId: number, ms: number): Promise<void> {
  await db
    .update(installations)
    .set({
      nextWriteAt: laterOf(installations.nextWriteAt, ms),
      nextReadAt: laterOf(installations.nextReadAt, ms),
    })
    .where(eq(installations.id, installationId));
}

/** Milliseconds until the installation may be asked anything again; 0 when it may. */
export async function readPauseLeft(db: Db, installationId: number): Promise<number> {
  const [row] = await db
    .select({ ms: msUntil(installations.nextReadAt) })
    .from(installations)
    .where(eq(installations.id, installationId));
  return Math.max(0, row?.ms ?? 0);
}

/**
 * Effects whose write was under way when its process died; they are settled by this call. Only the holder of the
 * installation's lease may ask.
 */
export async function takeLostWrites(db: Db, installationId: number): Promise<string[]> {
  const rows = await db
    .update(writes)
    .set({ answeredAt: sql`clock_timestamp()` })
    .where(and(eq(writes.installationId, installationId), isNull(writes.answeredAt)))
    .returning({ effectId: writes.effectId });
  return [...new Set(rows.map((row) => row.effectId))];
}

/** @returns how many rows were of no more use. */
export async function forgetWrites(db: Db, before: Date): Promise<number> {
  const rows = await db.delete(writes).where(lt(writes.sentAt, before)).returning({ id: writes.id });
  return rows.length;
}

function msUntil(time: unknown) {
  return sql<number | null>`(extract(epoch from ${time} - clock_timestamp()) * 1000)::float8`;
}

function laterOf(time: unknown, ms: number) {
  return sql`greatest(coalesce(${time}, '-infinity'), clock_timestamp() + ${ms} * interval '1 millisecond')`;
}
