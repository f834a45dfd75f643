const DAY_MS = 86_400_000;

/** How long after a merge a revert or a reopening still speaks about it. */
export const OUTCOME_WINDOW_MS = 30 * DAY_MS;
