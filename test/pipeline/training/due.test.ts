import { describe, expect, it } from 'vitest';
import { isTrainingDue } from '../../../src/pipeline/training/due.ts';

const schedule = { leastNewLabels: 50, runsPerMonth: 4 };
const ready = { runningNow: 0, runsLast30Days: 1, newLabels: 60, labels: 200, waitingCandidates: 0 };

describe('isTrainingDue', () => {
  it('is due with enough new labels, nothing running, and budget left', () => {
    expect(isTrainingDue(schedule, ready)).toEqual({ due: true });
  });

  it.each([
    [{ runsPerMonth: 0 }, {}, 'periodic training is off'],
    [{}, { runningNow: 1 }, 'a training run is under way'],
    [{}, { waitingCandidates: 1 }, 'a candidate waits for the gate'],
    [{}, { runsLast30Days: 4 }, 'the 4 runs of 30 days are used up'],
    [{}, { labels: 0, newLabels: 0 }, 'there is no label to learn from'],
    [{}, { newLabels: 49 }, '49 new labels since the last run, 50 are needed'],
  ])('is quiet for %j %j', (scheduled, situation, reason) => {
    expect(isTrainingDue({ ...schedule, ...scheduled }, { ...ready, ...situation })).toEqual({
      due: false,
      reason,
    });
  });
});
