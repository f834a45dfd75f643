import type { Capacity, Resources } from './types.ts';

/**
 * What stands in the way of a plan on these machines, as sentences; empty when nothing does. Each process group of a
 * node uses the GPUs of that node alone, so what counts is how many nodes have enough. Unknown capacity stands in no
 * way: the cluster will make the run wait.
 */
export function preflight(needed: Resources, there: Capacity | null): string[] {
  const { nodes, gpusPerNode, gpuMemoryGiB } = needed;
  if (there === null || gpusPerNode === 0) return [];
  const fitting = there.nodes.filter(
    ({ gpus }) => gpus.filter(({ memoryGiB }) => memoryGiB >= gpuMemoryGiB).length >= gpusPerNode,
  );
  if (fitting.length >= nodes) return [];
  const least = `${counted(nodes, 'node')} with ${counted(gpusPerNode, 'GPU')} of ${gpuMemoryGiB} GiB or more`;
  return [`Needed: ${least}. There: ${describe(there)}.`];
}

/** Equal nodes in one, e.g. `8 nodes with 1 GPU of 79 GiB`. */
function describe({ nodes }: Capacity): string {
  const equal = tally(nodes.filter(({ gpus }) => gpus.length > 0).map(describeNode));
  if (equal.length === 0) return 'no GPU';
  return equal.map(([gpus, count]) => `${counted(count, 'node')} with ${gpus}`).join('; ');
}

function describeNode({ gpus }: Capacity['nodes'][number]): string {
  const equal = tally(gpus.map(({ memoryGiB }) => memoryGiB));
  return equal.map(([memoryGiB, count]) => `${counted(count, 'GPU')} of ${memoryGiB} GiB`).join(' and ');
}

/** How often each value occurs, in the order of their first occurrence. */
function tally<T>(values: readonly T[]): [value: T, count: number][] {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
