import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createKubernetesLauncher } from '../../../src/adapters/training/kubernetes.ts';
import type { TrainingLauncher } from '../../../src/pipeline/training/types.ts';
import { planOf } from '../../pipeline/training/plans.ts';
import { type FakeCluster, startFakeCluster } from './fake-cluster.ts';

let cluster: FakeCluster;
let launcher: TrainingLauncher;
const plan = planOf();

beforeEach(async () => {
  cluster = await startFakeCluster();
  launcher = createKubernetesLauncher({
    namespace: 'ml',
    image: 'registry.example/trainer:1',
    volumeClaim: 'training',
    mountPath: '/training',
    kubeconfig: cluster.kubeconfig,
  });
});
afterEach(() => cluster.close());

const condition = (type: string, message = '') => ({
  type,
  status: 'True',
  message,
  lastTransitionTime: '2026-01-02T03:04:05Z',
});

describe('training on a cluster', () => {
  it('submits what it describes, once, however often it is asked', async () => {
    await launcher.submit(plan);
    await launcher.submit(plan);
    expect([...cluster.jobs.keys()]).toEqual([plan.name]);
    expect(cluster.jobs.get(plan.name)).toEqual(parse(launcher.describe(plan)));
  });

  it.each([
    [{}, { state: 'waiting', reason: null }],
    [{ conditions: [condition('Suspended', 'no quota')] }, { state: 'waiting', reason: 'no quota' }],
    [{ jobsStatus: [{ name: 'node', active: 2 }] }, { state: 'running', reason: null }],
    [{ conditions: [condition('Complete')] }, { state: 'succeeded', reason: null }],
    [
      { conditions: [condition('Failed', 'BackoffLimitExceeded')] },
      { state: 'failed', reason: 'BackoffLimitExceeded', lastSignAt: new Date('2026-01-02T03:04:05Z') },
    ],
  ])('reads the status %j', async (status, expected) => {
    await launcher.submit(plan);
    cluster.setStatus(plan.name, status);
    expect(await launcher.status(plan.name)).toMatchObject(expected);
  });

  it('watches until something changes', async () => {
    await launcher.submit(plan);
    const signal = new AbortController().signal;
    const startedAt = performance.now();
    const changed = launcher.untilChange(plan.name, { atMostMs: 60_000, signal });
    const nudge = setInterval(
      () => cluster.setStatus(plan.name, { conditions: [condition('Complete')] }),
      20,
    );
    await changed;
    clearInterval(nudge);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expect(await launcher.status(plan.name)).toMatchObject({ state: 'succeeded' });
  });

  it('reads the logs of every node', async () => {
    const [first, second] = [`${plan.name}-node-0-0`, `${plan.name}-node-0-1`];
    expect(await launcher.logs(plan.name, 7)).toBe(
      [
        `${first}: loss of ${first}`,
        `${first}: last 7 lines`,
        `${second}: loss of ${second}`,
        `${second}: last 7 lines`,
      ].join('\n'),
    );
  });

  it('cancels by deleting, also what is gone already', async () => {
    await launcher.submit(plan);
    await launcher.cancel(plan.name);
    await launcher.cancel(plan.name);
    expect(await launcher.status(plan.name)).toEqual({ state: 'unknown', reason: null, lastSignAt: null });
  });

  it('counts the GPUs of each node that takes work, if these say how large they are', async () => {
    const node = (labels: object, spec = {}) => ({
      metadata: { labels },
      spec,
      status: { allocatable: { 'nvidia.com/gpu': '2' } },
    });
    cluster.nodes.push(node({ 'nvidia.com/gpu.memory': '81559' }));
    cluster.nodes.push(node({ 'nvidia.com/gpu.memory': '24576' }));
    cluster.nodes.push(node({ 'nvidia.com/gpu.memory': '81559' }, { unschedulable: true }));
    expect(await launcher.capacity()).toEqual({
      nodes: [
        { gpus: [{ memoryGiB: 79 }, { memoryGiB: 79 }] },
        { gpus: [{ memoryGiB: 24 }, { memoryGiB: 24 }] },
      ],
    });
    cluster.nodes.push(node({}));
    expect(await launcher.capacity()).toBeNull();
  });

  it('says what went wrong and whether trying again may help', async () => {
    cluster.failing = 503;
    await expect(launcher.submit(plan)).rejects.toMatchObject({ name: 'TrainingError', retryable: true });
    cluster.failing = 403;
    await expect(launcher.status(plan.name)).rejects.toMatchObject({
      name: 'TrainingError',
      retryable: false,
    });
  });
});
