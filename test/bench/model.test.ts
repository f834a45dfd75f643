/** Benching a served model: what it costs, what flips, and what each ablation switches. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { costFigures, type TaskCost } from '../../src/bench/cost.ts';
import { summarise } from '../../src/bench/metrics.ts';
import { ABLATIONS, type ModelChoice, openBenchedModel } from '../../src/bench/model.ts';
import { scriptedThreads } from '../../src/bench/read/scripted-threads.ts';
import { runBench, type TaskResult } from '../../src/bench/run.ts';
import type { BenchTask } from '../../src/bench/task.ts';
import { loadInferenceConfig } from '../../src/config.ts';
import {
  type FakeInference,
  fairModel,
  plainAnswer,
  startFakeInference,
} from '../../src/sandbox/inference/index.ts';

const TASKS: readonly BenchTask[] = scriptedThreads().map((input, index) => ({
  id: `task-${index}`,
  input,
  answer: { numbers: [1], price: 100 },
  candidateIds: input.candidates.map(({ number }) => String(number)),
}));

let service: FakeInference;
beforeAll(async () => {
  service = await startFakeInference({ models: ['trained', 'base'] });
});
afterAll(() => service.close());
beforeEach(() => {
  service.script = fairModel;
  service.requests.length = 0;
});

async function bench(choice: Partial<ModelChoice>, reorder = false): Promise<TaskResult[]> {
  const inference = loadInferenceConfig(service.url, {});
  if (inference === null) throw new Error('no service');
  const model = openBenchedModel({ inference, seed: 1, ...choice });
  try {
    return await runBench(model.judge, TASKS, {
      concurrency: 2,
      ...(reorder ? { reordered: model.reordered } : {}),
    });
  } finally {
    await model.close();
  }
}

describe('a model that judges by the texts', () => {
  it('saves calls and tokens against fixed k, and its choice does not flip', async () => {
    const results = await bench({}, true);
    expect(results.map(({ id, forced, flipped }) => ({ id, forced, flipped }))).toEqual([
      { id: 'task-0', forced: 1, flipped: false },
      { id: 'task-1', forced: 1, flipped: false },
    ]);
    const { model, accuracy } = summarise('model', results, 1);
    expect(accuracy).toBe(1);
    expect(model).toMatchObject({
      tasks: 2,
      votes_per_task: 3,
      flip_rate: 0,
      reordered_tasks: 2,
      vote_agreement: 1,
    });
    expect(model?.calls_saved).toBeCloseTo(0.4);
    expect(model?.tokens_saved).toBeGreaterThan(0.3);
    expect(model?.prompt_tokens_per_task).toBeGreaterThan(1_000);
  });
});

describe('a model that takes what is shown first', () => {
  it('flips when the orders change', async () => {
    service.script = plainAnswer;
    const results = await bench({ votes: 1 }, true);
    const flips = results.filter(({ flipped }) => flipped).length;
    const other = await bench({ votes: 1, seed: 2 }, true);
    expect(flips + other.filter(({ flipped }) => flipped).length).toBeGreaterThan(0);
  });
});

describe('each ablation', () => {
  const bodyOf = (index: number) => service.requests[index]?.body as Record<string, never>;
  const user = (index: number) => service.requests[index]?.messages.at(-1)?.content ?? '';
  const shownFirst = () =>
    service.requests.map(({ messages }) => /posted="(\d+) of/.exec(messages.at(-1)?.content ?? '')?.[1]);
  const keys = () => Object.keys((service.requests[0]?.schema?.properties ?? {}) as object);

  it('has a name, and others are refused', async () => {
    expect(ABLATIONS).toEqual(
      expect.arrayContaining([
        'shuffling',
        'votes',
        'thinking',
        'explanation',
        'golden-proposal',
        'defences',
      ]),
    );
    await expect(bench({ ablate: ['luck'] })).rejects.toThrow('“luck”');
  });

  it('none: everything is on', async () => {
    await bench({});
    expect(new Set(shownFirst()).size).toBeGreaterThan(1);
    expect(bodyOf(0)).toMatchObject({ model: 'trained', thinking_token_budget: 2_048 });
    expect(keys()).toEqual(['best_proposal_id', 'explanation', 'golden_proposal', 'assessments']);
    expect(user(0)).toContain('\n| ');
  });

  it('shuffling: posting order in every pass', async () => {
    await bench({ ablate: ['shuffling'] });
    expect(new Set(shownFirst())).toEqual(new Set(['1']));
  });

  it('votes: one pass a task', async () => {
    await bench({ ablate: ['votes'] });
    expect(service.requests).toHaveLength(TASKS.length);
  });

  it('adaptive: all votes are cast', async () => {
    const [one] = await bench({ votes: 5, ablate: ['adaptive'] });
    expect(one?.cost).toMatchObject({ votes: 5, calls: 5 });
  });

  it('thinking: the answer comes at once', async () => {
    await bench({ ablate: ['thinking'] });
    expect(bodyOf(0)).toMatchObject({ chat_template_kwargs: { enable_thinking: false } });
    expect(bodyOf(0)).not.toHaveProperty('thinking_token_budget');
  });

  it('explanation, golden proposal: not asked for', async () => {
    await bench({ ablate: ['explanation', 'golden-proposal'] });
    expect(keys()).toEqual(['best_proposal_id']);
  });

  it('defences: texts as posted', async () => {
    await bench({ ablate: ['defences'] });
    expect(user(0)).not.toContain('\n| ');
  });

  it('another model by one name', async () => {
    await bench({ model: 'base', ablate: ['votes'] });
    expect(bodyOf(0)).toMatchObject({ model: 'base' });
  });
});

describe('figures of cost', () => {
  const cost: TaskCost = {
    calls: 4,
    failed_calls: 1,
    cancelled_calls: 2,
    votes: 3,
    agreement: 1,
    prompt_tokens: 3_000,
    completion_tokens: 1_000,
    fixed_calls: 5,
    fixed_tokens: 10_000,
    calls_saved: 1,
    tokens_saved: 6_000,
  };

  it('are shares of what fixed k would have cost, over the tasks that have a cost', () => {
    const figures = costFigures([
      { cost, flipped: true },
      { cost: { ...cost, agreement: 0.5, calls_saved: -1, tokens_saved: -1_000 }, flipped: false },
      { cost: null, flipped: null },
    ]);
    expect(figures).toMatchObject({ tasks: 2, calls_saved: 0, tokens_saved: 0.25, vote_agreement: 0.75 });
    expect(figures).toMatchObject({ flip_rate: 0.5, reordered_tasks: 2, calls_per_task: 4 });
  });

  it('are none for a judge that makes no calls', () => {
    expect(costFigures([{ cost: null, flipped: null }])).toBeNull();
  });
});
