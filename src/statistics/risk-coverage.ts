/**
 * Selective prediction: what would the error be if the judge only answered where it is surest?
 * El-Yaniv and Wiener 2010; area under the curve after Geifman, Uziel and El-Yaniv 2019.
 */
export interface Scored {
  /** Higher is surer. */
  readonly confidence: number;
  readonly correct: boolean;
}

export interface RiskPoint {
  /** Share of tasks answered, 0 to 1. */
  readonly coverage: number;
  /** Share of wrong answers among them, 0 to 1. */
  readonly risk: number;
}

/**
 * One point for each number of answered tasks, the surest first. Among equal confidences any order is as good, so
 * their errors are spread evenly, which is the expectation over random orders.
 */
export function riskCoverage(scored: readonly Scored[]): RiskPoint[] {
  const points: RiskPoint[] = [];
  let answered = 0;
  let errors = 0;
  for (const tied of byConfidence(scored)) {
    const wrong = tied.filter(({ correct }) => !correct).length;
    for (let taken = 1; taken <= tied.length; taken += 1) {
      const risk = (errors + (wrong * taken) / tied.length) / (answered + taken);
      points.push({ coverage: (answered + taken) / scored.length, risk });
    }
    answered += tied.length;
    errors += wrong;
  }
  return points;
}

/** The area under the curve: its mean risk, 0 to 1, lower is better; null without tasks. */
export function aurc(points: readonly RiskPoint[]): number | null {
  if (points.length === 0) return null;
  return points.reduce((sum, { risk }) => sum + risk, 0) / points.length;
}

/** The least area that any confidence could reach with as many errors: all wrong answers come last. */
export function bestAurc(tasks: number, errors: number): number | null {
  const ideal = Array.from({ length: tasks }, (_, index) => ({
    confidence: index < tasks - errors ? 1 : 0,
    correct: index < tasks - errors,
  }));
  return aurc(riskCoverage(ideal));
}

/** Groups of equal confidence, the surest first. */
function byConfidence(scored: readonly Scored[]): Scored[][] {
  const groups = Map.groupBy(scored, ({ confidence }) => confidence);
  return [...groups.entries()].sort(([a], [b]) => b - a).map(([, group]) => group);
}
