import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The GPUs that NVIDIA's tool lists on this machine; none where there is no such tool. */
export async function seenGpus(): Promise<{ memoryGiB: number }[]> {
  const query = ['--query-gpu=memory.total', '--format=csv,noheader,nounits'];
  const listed = await promisify(execFile)('nvidia-smi', query).catch(() => ({ stdout: '' }));
  return listed.stdout
    .split('\n')
    .map((line) => Number.parseInt(line, 10))
    .filter((mebibytes) => mebibytes > 0)
    .map((mebibytes) => ({ memoryGiB: Math.floor(mebibytes / 1024) }));
}
