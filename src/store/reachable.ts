import { and, eq, isNull } from 'drizzle-orm';
import { installations, repositories } from '../schema/index.ts';

/** The rows of a query over `repositories` and `installations` that GitHub lets us work on now. */
export function reachable() {
  return and(eq(installations.status, 'active'), isNull(repositories.removedAt));
}
