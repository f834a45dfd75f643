/** When enough votes are in. A choice is a proposal's number, or null for "none acceptable". */
export type Choice = number | null;

export interface Count {
  readonly choice: Choice;
  readonly votes: number;
}

/** Counts, most votes first; ties by posting order (the lower number), null last. */
export function tally(choices: readonly Choice[]): Count[] {
  const votes = new Map<Choice, number>();
  for (const choice of choices) votes.set(choice, (votes.get(choice) ?? 0) + 1);
  const rank = (choice: Choice) => choice ?? Number.POSITIVE_INFINITY;
  return [...votes]
    .map(([choice, count]) => ({ choice, votes: count }))
    .sort((a, b) => b.votes - a.votes || rank(a.choice) - rank(b.choice));
}

/**
 * Probability that the leader stays ahead of the runner-up, from their votes a >= b alone: with p the leader's
 * part of these two and a uniform prior, P(p > 1/2) under Beta(a + 1, b + 1) = 1 - I_{1/2}(a + 1, b + 1). For
 * whole numbers that is a binomial tail, sum over j <= a of C(a + b + 1, j) / 2^(a + b + 1). This is the Beta
 * stopping rule of Adaptive-Consistency (Aggarwal et al. 2023, https://arxiv.org/abs/2305.11860, section 3).
 */
export function leadProbability(a: number, b: number): number {
  const n = a + b + 1;
  let term = 2 ** -n;
  let sum = 0;
  for (let j = 0; j <= a; j += 1) {
    sum += term;
    term *= (n - j) / (j + 1);
  }
  return Math.min(1, sum);
}

export interface StopRule {
  /** Votes at most. */
  readonly votes: number;
  /** False casts all of them. */
  readonly adaptive: boolean;
  /** Posterior probability from which the lead counts as safe, above 0.5. */
  readonly threshold: number;
}

/** True when the votes still to come cannot, or will hardly, change who leads. `spent` includes failed passes. */
export function isSettled(choices: readonly Choice[], spent: number, rule: StopRule): boolean {
  const left = rule.votes - spent;
  if (left <= 0) return true;
  if (!rule.adaptive || choices.length === 0) return false;
  const [first, second] = tally(choices);
  const a = first?.votes ?? 0;
  const b = second?.votes ?? 0;
  return a - b > left || (a > b && leadProbability(a, b) >= rule.threshold);
}

/** The fewest further votes after which the count could be settled, at least 1: they may run side by side. */
export function leastToSettle(choices: readonly Choice[], spent: number, rule: StopRule): number {
  const left = rule.votes - spent;
  if (!rule.adaptive) return Math.max(1, left);
  const [first] = tally(choices);
  const leader = first === undefined ? 0 : first.choice; // before the first vote any choice will do
  const more: Choice[] = [...choices];
  for (let count = 1; count < left; count += 1) {
    more.push(leader);
    if (isSettled(more, spent + count, rule)) return count;
  }
  return Math.max(1, left);
}
