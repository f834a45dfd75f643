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
  const node = (...memory: number[]) => ({ gpus: memory.map((memoryGiB) => ({ memoryGiB })) });

  it('finds nothing against enough large GPUs, or where nobody knows', () => {
    expect(preflight(needed, { nodes: [node(24), node(79, 79, 79, 79)] })).toEqual([]);
    expect(
      preflight({ ...needed, nodes: 2 }, { nodes: [node(79, 79, 79, 79), node(60, 60, 60, 60, 60)] }),
    ).toEqual([]);
    expect(preflight({ ...needed, gpusPerNode: 0 }, { nodes: [] })).toEqual([]);
    expect(preflight(needed, null)).toEqual([]);
  });

  it('says what is missing', () => {
    expect(preflight(needed, { nodes: [node()] })).toEqual([
      'Needed: 1 node with 4 GPUs of 60 GiB or more. There: no GPU.',
    ]);
    expect(preflight(needed, { nodes: [node(79, 24)] })).toEqual([
      'Needed: 1 node with 4 GPUs of 60 GiB or more. There: 1 node with 1 GPU of 79 GiB and 1 GPU of 24 GiB.',
    ]);
  });

  it('does not add up the GPUs of different nodes', () => {
    expect(preflight(needed, { nodes: Array.from({ length: 8 }, () => node(79)) })).toEqual([
      'Needed: 1 node with 4 GPUs of 60 GiB or more. There: 8 nodes with 1 GPU of 79 GiB.',
    ]);
    const eight = node(79, 79, 79, 79, 79, 79, 79, 79);
    expect(preflight({ ...needed, nodes: 2 }, { nodes: [eight] })).toEqual([
      'Needed: 2 nodes with 4 GPUs of 60 GiB or more. There: 1 node with 8 GPUs of 79 GiB.',
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
