/**
 * Two lengths of the same tests. `npm test` is quick; `npm run test:properties` (vitest's mode `fuzz`) gives properties many
 * more examples, and every hostile text to every reader.
 */
export const FUZZ = process.env.MODE === 'fuzz';

/** Options of fast-check: so many examples, or ten times as many. */
export function runs(quick: number): { numRuns: number } {
  return { numRuns: FUZZ ? quick * 10 : quick };
}
