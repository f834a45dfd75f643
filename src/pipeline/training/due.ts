/** Is it time to train again? Quiet when there is nothing to learn, one run at a time, within a budget. */

export interface Schedule {
  /** New labels that train, since the last run, before it is worth it. */
  readonly leastNewLabels: number;
  /** Runs in 30 days; 0 trains only by hand. */
  readonly runsPerMonth: number;
}

export interface Situation {
  readonly runningNow: number;
  readonly runsLast30Days: number;
  readonly newLabels: number;
  /** Labels that train, in all. */
  readonly labels: number;
  /** Candidates that wait for the gate: another one would share its level. */
  readonly waitingCandidates: number;
}

export type Due = { readonly due: true } | { readonly due: false; readonly reason: string };

export function isTrainingDue(schedule: Schedule, now: Situation): Due {
  const not = (reason: string): Due => ({ due: false, reason });
  if (schedule.runsPerMonth === 0) return not('periodic training is off');
  if (now.runningNow > 0) return not('a training run is under way');
  if (now.waitingCandidates > 0) return not('a candidate waits for the gate');
  if (now.runsLast30Days >= schedule.runsPerMonth) {
    return not(`the ${schedule.runsPerMonth} runs of 30 days are used up`);
  }
  if (now.labels === 0) return not('there is no label to learn from');
  if (now.newLabels < schedule.leastNewLabels) {
    return not(`${now.newLabels} new labels since the last run, ${schedule.leastNewLabels} are needed`);
  }
  return { due: true };
}
