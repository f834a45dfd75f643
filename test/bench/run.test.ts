import { describe, expect, it } from 'vitest';
import { JUDGE_NAMES, resolveJudge } from '../../src/bench/judges.ts';
import { runBench } from '../../src/bench/run.ts';
import type { BenchTask } from '../../src/bench/task.ts';
import type { Judge, Verdict } from '../../src/pipeline/judge/types.ts';

function task(id: string, bodies: readonly string[], answer: number, price: number | null = 1000): BenchTask {
  const candidates = bodies.map((body, index) => ({
    number: index + 1,
    authorLogin: `author-${index + 1}`,
    url: `https://github.com/a/b/issues/1#proposal-${index + 1}`,
    createdAt: null,
    body,
    revisions: [{ hash: '', body, at: null }],
  }));
  return {
    id,
    input: { repository: 'a/b', issue: { number: 1, title: 't', body: 'b' }, candidates },
    answer: { numbers: [answer], price },
    candidateIds: bodies.map((_, index) => String(index)),
  };
}

const TASKS = [
  task('one', ['a', 'ccc', 'bbb'], 2),
  task('two', ['a', 'b'], 1),
  task('three', ['é📚', 'abc'], 1),
];

describe('rules', () => {
  it('take the first, and the longest by code points, of equals the earlier', async () => {
    const choices = async (name: string) =>
      (await runBench(resolveJudge(name, { seed: 1 }), TASKS)).map(({ forced }) => forced);
    expect(await choices('first')).toEqual([1, 1, 1]);
    expect(await choices('longest')).toEqual([2, 1, 2]);
  });

  it('draw at random by their seed, evenly', async () => {
    const many = Array.from({ length: 300 }, (_, index) => task(String(index), ['a', 'b', 'c'], 1));
    const draw = async (seed: number) =>
      (await runBench(resolveJudge('random', { seed }), many)).map(({ forced }) => forced);
    const choices = await draw(1);
    expect(await draw(1)).toEqual(choices);
    expect(await draw(2)).not.toEqual(choices);
    for (const number of [1, 2, 3]) {
      const times = choices.filter((chosen) => chosen === number).length;
      expect(times).toBeGreaterThan(70);
      expect(times).toBeLessThan(130);
    }
  });

  it('have names, and other names are refused', () => {
    expect(JUDGE_NAMES).toEqual(expect.arrayContaining(['embedded', 'first', 'longest', 'random']));
    expect(() => resolveJudge('toString', { seed: 1 })).toThrow(/There is no judge “toString”/);
  });
});

/** A judge that answers with what differs from a plain choice of the first. */
function judgeOf(answer: (id: number) => Partial<Verdict>): Judge {
  let calls = 0;
  const rule = resolveJudge('first', { seed: 1 });
  return {
    name: 'stub',
    async judge(input) {
      const verdict = await rule.judge(input);
      calls += 1;
      return { ...verdict, ...answer(calls) };
    },
  };
}

describe('scoring', () => {
  it('describes the task beside the choice', async () => {
    const [one] = await runBench(resolveJudge('longest', { seed: 1 }), TASKS, { now: ticking(250) });
    expect(one).toEqual({
      id: 'one',
      proposals: 3,
      answer: [2],
      chosen: 2,
      forced: 2,
      correct: true,
      abstained: false,
      confidence: 1 / 3,
      probabilities: [1 / 3, 1 / 3, 1 / 3],
      price: 1000,
      seconds: 0.25,
      error: null,
      first: 1,
      longest: 2,
      text_length: 7,
      answer_length_rank: 1,
      cost: null,
      flipped: null,
    });
  });

  it('ranks several answers by the longest of them, as the rule that takes the longest is scored', async () => {
    const [one] = TASKS;
    if (one === undefined) throw new Error('no task');
    const several = { ...one, answer: { ...one.answer, numbers: [1, 2] } };
    const [ranked] = await runBench(resolveJudge('longest', { seed: 1 }), [several]);
    expect(ranked).toMatchObject({ correct: true, answer_length_rank: 1 });
  });

  it('takes the forced choice where a judge abstains', async () => {
    const abstaining = judgeOf(() => ({
      chosen: null,
      abstained: true,
      abstainReason: 'close',
      forcedChoice: 1,
    }));
    const results = await runBench(abstaining, TASKS);
    expect(results.map(({ abstained, chosen, correct }) => [abstained, chosen, correct])).toEqual([
      [true, null, false],
      [true, null, true],
      [true, null, true],
    ]);
  });

  it('does not take the certainty that none is acceptable for one about the forced choice', async () => {
    const sure = { chosen: null, abstained: true, abstainReason: 'none', confidence: 1 };
    const [abstained] = await runBench(
      judgeOf(() => sure),
      TASKS,
    );
    expect(abstained).toMatchObject({ forced: 1, confidence: 1 / 3 });
    const [chose] = await runBench(
      judgeOf(() => ({ confidence: 1 })),
      TASKS,
    );
    expect(chose).toMatchObject({ forced: 1, confidence: 1 });
  });

  it('counts a judge that throws as wrong, says why, and goes on', async () => {
    const failing = judgeOf((call) => {
      if (call === 2) throw new TypeError('no such word');
      return {};
    });
    const results = await runBench(failing, TASKS);
    expect(results.map(({ correct, error }) => [correct, error])).toEqual([
      [false, null],
      [false, 'TypeError: no such word'],
      [true, null],
    ]);
  });

  it('counts a verdict that contradicts its input as a failure', async () => {
    const [first] = await runBench(
      judgeOf(() => ({ chosen: 9, forcedChoice: 9 })),
      TASKS,
    );
    expect(first).toMatchObject({ correct: false, error: expect.stringContaining('not in the snapshot') });
  });

  it('never hands the answer to the judge', async () => {
    const seen: unknown[] = [];
    const rule = resolveJudge('first', { seed: 1 });
    const judge: typeof rule.judge = (input, options) => {
      seen.push(input);
      return rule.judge(input, options);
    };
    await runBench({ name: 'spy', judge }, TASKS);
    expect(seen).toEqual(TASKS.map(({ input }) => input));
  });

  it('tells how far it is, and stops when told', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const running = runBench(resolveJudge('first', { seed: 1 }), TASKS, {
      signal: stop.signal,
      onTask: (done, { id }) => {
        seen.push(`${done} ${id}`);
        if (done === 1) stop.abort(new Error('enough'));
      },
    });
    await expect(running).rejects.toThrow('enough');
    expect(seen).toEqual(['0 one', '1 two']);
  });
});

function ticking(step: number): () => number {
  let time = 0;
  return () => {
    time += step;
    return time;
  };
}
