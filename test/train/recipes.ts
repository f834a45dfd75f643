/** What the tiny model is trained with: flags that win over the product's own configuration. */

export type Flags = Readonly<Record<string, string | number>>;

export interface Plan {
  /** Threads that the App decides. */
  readonly threads: number;
  /** After so many steps of SFT it is looked whether the model is ready for DAPO; the last look must find it so. */
  readonly sftLooks: readonly number[];
  /** Rows in an update of SFT. */
  readonly sftRows: number;
  /** Share of the samples that must be valid before DAPO, and share of these that must be right; 0 to 1. */
  readonly validShare: number;
  readonly rightShare: number;
  readonly dapoSteps: number;
  /** Steps of DAPO between two looks at the held-out threads. */
  readonly evalSteps: number;
  /** Answers that such a look samples for each thread. */
  readonly evalAnswers: number;
  readonly dapoLearningRate: number;
  /** Answers in an update of DAPO; a generation makes twice as many. */
  readonly answers: number;
  /** Of these to the same prompt. */
  readonly group: number;
}

/** Minutes on two idle cores. */
export const SHORT: Plan = {
  threads: 24,
  sftLooks: [120, 240, 360],
  sftRows: 2,
  validShare: 0.3,
  rightShare: 0,
  dapoSteps: 6,
  evalSteps: 6,
  evalAnswers: 1,
  dapoLearningRate: 1e-3,
  answers: 8,
  group: 4,
};

/**
 * Long enough to see learning: larger batches, for a gradient that is not all noise. SFT ends as soon as the model
 * chooses better than by chance, which is right half the time of two proposals: much of the form and of the reading is
 * left for the rewards to teach.
 */
export const LONG: Plan = {
  ...SHORT,
  threads: 120,
  sftLooks: [110, 120, 130, 140, 150, 160, 180, 200, 240],
  sftRows: 8,
  rightShare: 0.75,
  dapoSteps: 80,
  evalSteps: 10,
  evalAnswers: 4,
  dapoLearningRate: 7e-4,
  answers: 32,
  group: 8,
};

/** Tokens: the synthetic prompts take about 700 and their answers about 65. */
const PROMPT_TOKENS = 2048;
export const ANSWER_TOKENS = 96;

export function sftFlags({ sftRows }: Plan, steps: number): Flags {
  return {
    max_length: PROMPT_TOKENS,
    learning_rate: 3e-3,
    lr_scheduler_type: 'constant_with_warmup',
    weight_decay: 0,
    adam_beta2: 0.98,
    per_device_train_batch_size: sftRows,
    per_device_eval_batch_size: 1,
    gradient_accumulation_steps: 1,
    max_steps: steps,
    num_train_epochs: 1000,
    eval_steps: steps,
    save_steps: steps,
    logging_steps: 10,
  };
}

/**
 * One generation feeds two updates, so the second one clips. Adam's first steps are its largest: without a warm-up a
 * run forgot its form within five of them.
 */
export function dapoFlags(
  { dapoLearningRate, answers, group, evalAnswers }: Plan,
  steps: number,
  evalSteps: number,
): Flags {
  return {
    max_length: PROMPT_TOKENS,
    max_completion_length: ANSWER_TOKENS,
    soft_max_length: ANSWER_TOKENS,
    soft_cache_length: 16,
    learning_rate: dapoLearningRate,
    lr_scheduler_type: 'constant_with_warmup',
    warmup_ratio: 0.1,
    weight_decay: 0,
    num_generations: group,
    num_generations_eval: evalAnswers,
    per_device_train_batch_size: answers,
    per_device_eval_batch_size: evalAnswers,
    gradient_accumulation_steps: 1,
    steps_per_generation: 2,
    max_steps: steps,
    num_train_epochs: 1000,
    eval_steps: evalSteps,
    save_steps: evalSteps,
  };
}
