import { pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';

/**
 * Who may do what only one may do at a time, e.g. `outbox:12` or `sweep`. A lease that is not renewed runs out,
 * by the database's clock, and the next one who asks gets it.
 */
export const leases = pgTable('leases', {
  name: text('name').primaryKey(),
  /** Unique to one taking of the lease, not to a process. */
  holder: text('holder').notNull(),
  expiresAt: instant('expires_at').notNull(),
});
