import { planTraining, type TrainingRequest } from '../../../src/pipeline/training/plan.ts';
import type { TrainingPlan } from '../../../src/pipeline/training/types.ts';

export const REQUEST: TrainingRequest = {
  stage: 'dapo',
  tuner: 'lora',
  base: 'Qwen/Qwen3-8B',
  dataset: { version: 3, hash: 'abc', rows: 1_200 },
  resources: null,
  root: '/training',
  pricePerGpuHour: null,
  attempt: 1,
  codeVersion: '1.2.3',
};

export function planOf(change: Partial<TrainingPlan> = {}): TrainingPlan {
  return { ...planTraining(REQUEST), ...change };
}
