/** What a world came to, and what all of them came to together. */

/** A promise that did not hold, in words. */
export interface Violation {
  readonly kind: 'lost' | 'doubled' | 'broken';
  readonly what: string;
}

export interface Outcome {
  readonly commands: number;
  readonly violations: readonly Violation[];
  /** Seconds from each command to its last effect on GitHub. */
  readonly convergeSeconds: readonly number[];
}

export interface CrashResult {
  readonly commands: number;
  readonly lost: number;
  readonly doubled: number;
  readonly failpoints_hit: number;
  readonly failpoints_total: number;
  readonly converge_p50_s: number | null;
  readonly converge_p99_s: number | null;
}

export function lost(what: string): Violation {
  return { kind: 'lost', what };
}

export function doubled(what: string): Violation {
  return { kind: 'doubled', what };
}

export function broken(what: string): Violation {
  return { kind: 'broken', what };
}

export function summarise(
  outcomes: readonly Outcome[],
  failpoints: { readonly hit: number; readonly total: number },
): CrashResult {
  const violations = outcomes.flatMap((outcome) => outcome.violations);
  const seconds = outcomes.flatMap((outcome) => outcome.convergeSeconds).toSorted((a, b) => a - b);
  return {
    commands: outcomes.reduce((sum, outcome) => sum + outcome.commands, 0),
    lost: violations.filter(({ kind }) => kind === 'lost').length,
    doubled: violations.filter(({ kind }) => kind === 'doubled').length,
    failpoints_hit: failpoints.hit,
    failpoints_total: failpoints.total,
    converge_p50_s: quantile(seconds, 0.5),
    converge_p99_s: quantile(seconds, 0.99),
  };
}

/** Of sorted numbers, rounded to a tenth. */
function quantile(sorted: readonly number[], q: number): number | null {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  return value === undefined ? null : Math.round(value * 10) / 10;
}
