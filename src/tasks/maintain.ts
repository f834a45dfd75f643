/** Keeps the database small: what nobody needs any more goes, and PGlite, which has no autovacuum, is vacuumed. */
import { sql } from 'drizzle-orm';
import type { AppContext } from '../ports.ts';
import { leaseStore, writeStore } from '../store/index.ts';

/** The longest ceiling looks back an hour; the rest of the week is for whoever asks what was written when. */
const WRITES_KEPT_MS = 7 * 24 * 3_600_000;

export async function maintain(ctx: AppContext, options: { vacuum: boolean }): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - WRITES_KEPT_MS);
  const forgotten = await writeStore.forgetWrites(ctx.db, before);
  await leaseStore.forgetOldLeases(ctx.db);
  if (options.vacuum) await ctx.db.execute(sql`vacuum (analyze)`);
  ctx.logger.info({ forgotten, vacuumed: options.vacuum }, 'the database was tidied up');
}
