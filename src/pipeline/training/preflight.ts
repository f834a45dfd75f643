import type { Capacity, Resources } from './types.ts';

/**
 * What stands in the way of a plan on these machines, as sentences; empty when nothing does. Unknown capacity stands
 * in no way: the cluster will make the run wait.
 */
export function preflight(needed: Resources, there: Capacity | null): string[] {
  if (there === null) return [];
  const gpus = needed.nodes * needed.gpusPerNode;
  const large = there.gpus.filter(({ memoryGiB }) => memoryGiB >= needed.gpuMemoryGiB);
  if (gpus === 0 || large.length >= gpus) return [];
  const seen =
    there.gpus.length === 0
      ? 'none is there'
      : `there are ${there.gpus.length}, of ${there.gpus.map(({ memoryGiB }) => `${memoryGiB} GiB`).join(', ')}`;
  return [`${gpus} GPUs with ${needed.gpuMemoryGiB} GiB each are needed, and ${seen}.`];
}
