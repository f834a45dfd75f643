/** From what is asked for to what is submitted. */
import { createHash } from 'node:crypto';
import type { CostEstimate, Resources, Stage, TrainingPlan, Tuner } from './types.ts';

export interface TrainingRequest {
  readonly stage: Exclude<Stage, 'embedded'>;
  readonly tuner: Tuner;
  readonly base: string;
  readonly dataset: { readonly version: number; readonly hash: string; readonly rows: number };
  /** Null takes what the stage needs for a model of 8 billion parameters. */
  readonly resources: Resources | null;
  /** The directory of all runs, as the trainer sees it. */
  readonly root: string;
  /** Price of a GPU for an hour; null leaves costs out. */
  readonly pricePerGpuHour: number | null;
  /** From 1; a second attempt at the same thing is another run. */
  readonly attempt: number;
  /** Version of the code that plans. */
  readonly codeVersion: string;
}

/**
 * Memory for Qwen3-8B in bfloat16 with ZeRO-3 and a window of 8,192 tokens: plans from the trainers' documentation
 * (docs/training.md), not measurements.
 */
export const NEEDS: Record<Exclude<Stage, 'embedded'>, Record<Tuner, Resources>> = {
  sft: {
    lora: { nodes: 1, gpusPerNode: 1, gpuMemoryGiB: 40 },
    full: { nodes: 1, gpusPerNode: 4, gpuMemoryGiB: 60 },
  },
  dapo: {
    lora: { nodes: 1, gpusPerNode: 1, gpuMemoryGiB: 80 },
    full: { nodes: 1, gpusPerNode: 8, gpuMemoryGiB: 70 },
  },
};

/** GPU seconds a row and epoch: 6,000 tokens at 3,000 a second to learn; eight answers more to write for DAPO. */
const GPU_SECONDS_A_ROW = { sft: 2, dapo: 30 } as const;
const EPOCHS = { sft: 3, dapo: 2 } as const;

export function planTraining(request: TrainingRequest): TrainingPlan {
  const resources = request.resources ?? NEEDS[request.stage][request.tuner];
  const name = nameOf(request, resources);
  const dataDir = `${request.root}/${name}/data`;
  const outputDir = `${request.root}/${name}/output`;
  return {
    name,
    stage: request.stage,
    tuner: request.tuner,
    base: request.base,
    datasetVersion: request.dataset.version,
    rows: request.dataset.rows,
    dataDir,
    outputDir,
    command: [
      ...['swe-manager-job', request.stage],
      ...['--tuner', request.tuner, '--model', request.base],
      ...['--data', dataDir, '--output', outputDir],
      ...(resources.gpusPerNode === 0 ? ['--device', 'cpu'] : []),
    ],
    environment: processesOf(resources),
    resources,
    estimate: estimateOf(request),
    codeVersion: request.codeVersion,
  };
}

/** Named only where there are several: with either of them ms-swift starts torchrun. */
function processesOf({ nodes, gpusPerNode }: Resources): Record<string, string> {
  if (nodes * gpusPerNode <= 1) return {};
  return { NNODES: String(nodes), NPROC_PER_NODE: String(gpusPerNode) };
}

/** The same request has the same name, so that a control plane that died finds its run again. */
function nameOf({ stage, tuner, base, dataset, attempt }: TrainingRequest, resources: Resources): string {
  const asked = JSON.stringify([stage, tuner, base, dataset.version, dataset.hash, resources]);
  const hash = createHash('sha256').update(asked).digest('hex').slice(0, 8);
  const name = `swe-manager-${stage}-v${dataset.version}-${hash}`;
  return attempt === 1 ? name : `${name}-${attempt}`;
}

function estimateOf({ stage, dataset, pricePerGpuHour }: TrainingRequest): CostEstimate {
  const gpuHours = (dataset.rows * EPOCHS[stage] * GPU_SECONDS_A_ROW[stage]) / 3600;
  return { gpuHours, cost: pricePerGpuHour === null ? null : gpuHours * pricePerGpuHour };
}
