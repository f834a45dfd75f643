import { describe, expect, it } from 'vitest';
import { createEmbeddedJudge } from '../../../../src/pipeline/judge/embedded/judge.ts';
import { labelledThreads } from './threads.ts';

const judge = createEmbeddedJudge();
const threads = labelledThreads();

/**
 * These threads are clear on purpose: they check that the policy is what the weights say it is. They say nothing about
 * accuracy on real issues.
 */
describe('threads written for the project', () => {
  it.each(threads.map((thread) => [thread.name, thread] as const))('%s', async (_, thread) => {
    const verdict = await judge.judge(thread);
    expect(verdict.forcedChoice, thread.why).toBe(thread.preferred);
  });

  it('gives each proposal of a thread sentences of its own', async () => {
    for (const thread of threads) {
      const { assessments } = await judge.judge(thread);
      const distinct = new Set(assessments.flatMap(({ strength, weakness }) => [strength, weakness]));
      expect(distinct.size / (2 * assessments.length), thread.name).toBeGreaterThan(0.7);
      for (const { strength, weakness } of assessments) {
        expect(`${strength} ${weakness}`).not.toMatch(/[`*<>]|\n|undefined|null\b/);
        expect(strength).toMatch(/^\p{Lu}.*[.!?…]"?$/u);
      }
    }
  });
});
