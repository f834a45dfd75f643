import { describe, expect, it } from 'vitest';
import { planTraining } from '../../../src/pipeline/training/plan.ts';
import { preflight } from '../../../src/pipeline/training/preflight.ts';
import { toTrainJob } from '../../../src/pipeline/training/trainjob.ts';
import { planOf, REQUEST } from './plans.ts';

const CLUSTER = {
  namespace: 'ml',
  image: 'registry.example/trainer:1',
  volumeClaim: 'training',
  mountPath: '/training',
};

describe('planTraining', () => {
  it('names the same request the same, and another one otherwise', () => {
    const { name } = planTraining(REQUEST);
    expect(name).toMatch(/^swe-manager-dapo-v3-[0-9a-f]{8}$/);
    expect(planTraining({ ...REQUEST, pricePerGpuHour: 2 }).name).toBe(name);
    expect(planTraining({ ...REQUEST, codeVersion: '9' }).name).toBe(name);
    expect(planTraining({ ...REQUEST, base: 'other' }).name).not.toBe(name);
    expect(planTraining({ ...REQUEST, attempt: 2 }).name).toBe(`${name}-2`);
    expect(planTraining({ ...REQUEST, dataset: { ...REQUEST.dataset, hash: 'def' } }).name).not.toBe(name);
  });

  it('asks for what the stage needs and says what that may cost', () => {
    expect(planTraining({ ...REQUEST, tuner: 'full' }).resources).toEqual({
      nodes: 1,
      gpusPerNode: 8,
      gpuMemoryGiB: 70,
    });
    // 1,200 rows, twice, 30 seconds each.
    expect(planTraining({ ...REQUEST, pricePerGpuHour: 2.5 }).estimate).toEqual({ gpuHours: 20, cost: 50 });
    expect(planTraining(REQUEST).estimate.cost).toBeNull();
  });

  it('takes the machines it is given', () => {
    const resources = { nodes: 2, gpusPerNode: 4, gpuMemoryGiB: 60 };
    expect(planTraining({ ...REQUEST, resources }).environment).toEqual({ NNODES: '2', NPROC_PER_NODE: '4' });
  });

  it('names no processes where there is one, and a device where there is no GPU', () => {
    expect(planTraining(REQUEST).environment).toEqual({});
    const bare = { nodes: 1, gpusPerNode: 0, gpuMemoryGiB: 0 };
    const onCpu = planTraining({ ...REQUEST, resources: bare });
    expect(onCpu.environment).toEqual({});
    expect(onCpu.command.slice(-2)).toEqual(['--device', 'cpu']);
  });
});

describe('preflight', () => {
  const needed = { nodes: 1, gpusPerNode: 4, gpuMemoryGiB: 60 };

  it('finds nothing against enough large GPUs, or where nobody knows', () => {
    expect(preflight(needed, { gpus: Array.from({ length: 4 }, () => ({ memoryGiB: 79 })) })).toEqual([]);
    expect(preflight(needed, null)).toEqual([]);
  });

  it('says what is missing', () => {
    expect(preflight(needed, { gpus: [] })).toEqual([
      '4 GPUs with 60 GiB each are needed, and none is there.',
    ]);
    expect(preflight(needed, { gpus: [{ memoryGiB: 79 }, { memoryGiB: 24 }] })).toEqual([
      '4 GPUs with 60 GiB each are needed, and there are 2, of 79 GiB, 24 GiB.',
    ]);
  });
});

describe('toTrainJob', () => {
  it('gives each node its place as ms-swift reads it, its GPUs and the volume', () => {
    const resources = { nodes: 2, gpusPerNode: 8, gpuMemoryGiB: 70 };
    const job = toTrainJob(planTraining({ ...REQUEST, tuner: 'full', resources }), CLUSTER);
    expect(job.metadata).toMatchObject({
      namespace: 'ml',
      name: expect.stringMatching(/^swe-manager-dapo-v3-/),
    });
    expect(job.spec).toMatchObject({
      runtimeRef: { name: 'torch-distributed' },
      trainer: {
        numNodes: 2,
        numProcPerNode: 8,
        env: [],
        resourcesPerNode: { limits: { 'nvidia.com/gpu': '8' } },
      },
    });
    const [, , script] = (job.spec.trainer as { command: string[] }).command;
    expect(script).toContain('export MASTER_ADDR="$PET_MASTER_ADDR"\n');
    expect(script).toMatch(
      /\nexec swe-manager-job dapo --tuner full --model Qwen\/Qwen3-8B --data \/training\//,
    );
  });

  it('leaves a single process alone', () => {
    const job = toTrainJob(planOf(), CLUSTER);
    const [, , script] = (job.spec.trainer as { command: string[] }).command;
    expect(script).toMatch(/^exec swe-manager-job dapo/);
  });

  it('lets no word of the command mean anything to the shell', () => {
    const job = toTrainJob(planOf({ command: ['train', "it's $(touch x)", '--a=b'] }), CLUSTER);
    const [, , script] = (job.spec.trainer as { command: string[] }).command;
    expect(script?.split('\n').at(-1)).toBe(`exec train 'it'\\''s $(touch x)' --a=b`);
  });
});
