import type { TaskResult } from '../../src/bench/run.ts';

/** A result of a task with three proposals whose answer is the first; give what differs. */
export function result(id: string, differs: Partial<TaskResult> = {}): TaskResult {
  return {
    id,
    proposals: 3,
    answer: [1],
    chosen: 1,
    forced: 1,
    correct: true,
    abstained: false,
    confidence: 0.5,
    probabilities: [],
    price: 1000,
    seconds: 0.01,
    error: null,
    first: 1,
    longest: 2,
    text_length: 100,
    answer_length_rank: 2,
    cost: null,
    flipped: null,
    ...differs,
  };
}
