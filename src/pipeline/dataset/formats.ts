export const DATASET_FORMATS = ['sft', 'grpo', 'dpo'] as const;
export type DatasetFormat = (typeof DATASET_FORMATS)[number];
