import { SweManagerError } from '../../errors.ts';

/** SQLSTATEs that pass by themselves: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const PASSING_STATE = /^(?:08...|40...|53...|57P..|25006)$/;
const LOST_CONNECTION = /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** What pg, its pool and PGlite say without a code. */
const LOST_WORDS =
  /^Connection terminated|^timeout e(?:xpired|xceeded when trying)|is not queryable$|^PGlite is closed|^Query read timeout/;

/** Whether it was the database that was away, full or in the way of itself: no fault of what was asked of it. */
export function isDatabaseOutage(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one instanceof SweManagerError) return false; // Another part of the world, which has its own say.
    const code = 'code' in one && typeof one.code === 'string' ? one.code : '';
    if (PASSING_STATE.test(code) || LOST_CONNECTION.test(code) || LOST_WORDS.test(one.message)) return true;
  }
  return false;
}
