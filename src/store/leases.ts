/**
 * Leases by the database's clock: processes on several machines agree on when one runs out. Whoever holds one
 * must renew it before it acts, and may act only for as long as what is left of it.
 */
import { and, eq, lt, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { leases } from '../schema/index.ts';

export interface Lease {
  readonly name: string;
  readonly holder: string;
}

/** @returns false while somebody else holds it. The holder itself always gets it again. */
export async function takeLease(db: Db, lease: Lease, ttlMs: number): Promise<boolean> {
  const expiresAt = inFuture(ttlMs);
  const rows = await db
    .insert(leases)
    .values({ ...lease, expiresAt })
    .onConflictDoUpdate({
      target: leases.name,
      set: { holder: lease.holder, expiresAt },
      setWhere: sql`${leases.holder} = ${lease.holder} or ${leases.expiresAt} < clock_timestamp()`,
    })
    .returning({ name: leases.name });
  return rows.length > 0;
}

/**
 * Makes the lease last for `ttlMs` from now. One that ran out is still its holder's until somebody takes it.
 * @returns false when somebody did.
 */
export async function keepLease(db: Db, lease: Lease, ttlMs: number): Promise<boolean> {
  const rows = await db
    .update(leases)
    .set({ expiresAt: inFuture(ttlMs) })
    .where(and(eq(leases.name, lease.name), eq(leases.holder, lease.holder)))
    .returning({ name: leases.name });
  return rows.length > 0;
}

export async function releaseLease(db: Db, lease: Lease): Promise<void> {
  await db.delete(leases).where(and(eq(leases.name, lease.name), eq(leases.holder, lease.holder)));
}

/** @returns milliseconds until somebody else may take it; 0 when it is free. */
export async function leaseLeftMs(db: Db, name: string): Promise<number> {
  const [row] = await db
    .select({
      left: sql<number>`(extract(epoch from ${leases.expiresAt} - clock_timestamp()) * 1000)::float8`,
    })
    .from(leases)
    .where(eq(leases.name, name));
  return Math.max(0, row?.left ?? 0);
}

/** For the process that has just become the only one: every holder is dead. */
export async function dropLeases(db: Db): Promise<void> {
  await db.delete(leases);
}

/** Leases that ran out long ago are of no use to anybody. */
export async function forgetOldLeases(db: Db): Promise<void> {
  await db.delete(leases).where(lt(leases.expiresAt, sql`clock_timestamp() - interval '1 day'`));
}

function inFuture(ms: number) {
  return sql`clock_timestamp() + ${ms} * interval '1 millisecond'`;
}
