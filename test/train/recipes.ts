/** What the tiny model is trained with: flags that win over the product's own configuration. */

export type Flags = Readonly<Record<string, string | number>>;

export interface Plan {
  /** Threads that the App decides. */
  readonly threads: number;
  /** Steps of SFT in a round, and rounds at most. */
  readonly sftSteps: number;
  readonly sftRounds: number;
  /** Share of samples that must be valid before DAPO, 0 to 1. */
  readonly validShare: number;
  readonly dapoSteps: number;
  /** Steps of DAPO between two looks at the held-out threads. */
  readonly evalSteps: number;
  readonly dapoLearningRate: number;
  /** Answers in an update of DAPO; a generation makes twice as many. */
  readonly answers: number;
}

/** Minutes on two idle cores. */
export const SHORT: Plan = {
  threads: 24,
  sftSteps: 120,
  sftRounds: 3,
  validShare: 0.3,
  dapoSteps: 6,
  evalSteps: 6,
  dapoLearningRate: 1e-3,
  answers: 8,
};

/** Long enough to see learning: larger batches and smaller steps, for a gradient that is not all noise. */
export const LONG: Plan = {
  ...SHORT,
  threads: 64,
  dapoSteps: 48,
  evalSteps: 8,
  dapoLearningRate: 3e-4,
  answers: 16,
};

/** Tokens: the synthetic prompts take about 900 and their answers about 70. */
const PROMPT_TOKENS = 2048;
export const ANSWER_TOKENS = 96;

export function sftFlags(steps: number, saveSteps: number): Flags {
  return {
    max_length: PROMPT_TOKENS,
    learning_rate: 5e-3,
    lr_scheduler_type: 'constant_with_warmup',
    weight_decay: 0,
    adam_beta2: 0.98,
    per_device_train_batch_size: 2,
    per_device_eval_batch_size: 1,
    gradient_accumulation_steps: 1,
    max_steps: steps,
    num_train_epochs: 1000,
    eval_steps: saveSteps,
    save_steps: saveSteps,
    logging_steps: 10,
  };
}

/** One generation feeds two updates, so the second one clips. */
export function dapoFlags({ dapoLearningRate, answers }: Plan, steps: number, evalSteps: number): Flags {
  return {
    max_length: PROMPT_TOKENS,
    max_completion_length: ANSWER_TOKENS,
    soft_max_length: ANSWER_TOKENS,
    soft_cache_length: 16,
    learning_rate: dapoLearningRate,
    lr_scheduler_type: 'constant',
    warmup_ratio: 0,
    weight_decay: 0,
    num_generations: 4,
    per_device_train_batch_size: answers,
    per_device_eval_batch_size: 1,
    gradient_accumulation_steps: 1,
    steps_per_generation: 2,
    max_steps: steps,
    num_train_epochs: 1000,
    eval_steps: evalSteps,
    save_steps: evalSteps,
  };
}
