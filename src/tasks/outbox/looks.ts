/** When GitHub is looked at again after a write whose outcome nobody knows. Milliseconds, before scaling. */

/** Waits out a request's outcome: GitHub may still be applying it. */
export const FIRST_LOOK_MS = 3_000;

/** GitHub may list a comment late: what was not found is looked for again before it is created again. */
export const SECOND_LOOK_MS = 15_000;

/** One look more when all is well, for what took effect later still. */
export const FINAL_LOOK_MS = 60_000;
