/** Work that only one process may do at a time, under a lease in the database. */
import { randomUUID } from 'node:crypto';
import type { AppContext } from '../../ports.ts';
import { leaseStore } from '../../store/index.ts';

/**
 * How long a lease lasts after it was last renewed, in milliseconds. Longer than a write to GitHub may take
 * (WRITE_DEADLINE_MS), short enough that a dead worker's work goes on within 30 s.
 */
export const LEASE_MS = 20_000;

/** Milliseconds a write to GitHub may take, its token included: it ends before the lease it is made under. */
export const WRITE_DEADLINE_MS = 12_000;

/** The lease went to somebody else: whoever held it must not act any more. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

export type UnderLease = { readonly held: true } | { readonly held: false; readonly freeInMs: number };

/** Runs `work` if the lease is free, and frees it afterwards. Says when to come back if it is not. */
export async function underLease(
  ctx: AppContext,
  name: string,
  work: (lease: leaseStore.Lease) => Promise<void>,
): Promise<UnderLease> {
  const lease = { name, holder: newHolder() };
  if (!(await leaseStore.takeLease(ctx.db, lease, LEASE_MS))) {
    return { held: false, freeInMs: await leaseStore.leaseLeftMs(ctx.db, name) };
  }
  try {
    await work(lease);
  } finally {
    await leaseStore.releaseLease(ctx.db, lease);
  }
  return { held: true };
}

/** Names one taking of a lease: two jobs of one process are two holders. */
export function newHolder(): string {
  return `${process.pid}:${randomUUID()}`;
}
