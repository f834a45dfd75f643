/** When to look again at what GitHub sends no webhook for: often while a decision is young, then ever less. */

const MINUTE_MS = 60_000;
const AFTER_MINUTES = [5, 15, 60, 240, 720, 1_440, 4_320, 10_080, 20_160];

/** @param looks how often it was looked at so far @returns null when that was often enough (about five weeks) */
export function nextLookAt(looks: number, now: Date): Date | null {
  const minutes = AFTER_MINUTES[looks];
  return minutes === undefined ? null : new Date(now.getTime() + minutes * MINUTE_MS);
}
