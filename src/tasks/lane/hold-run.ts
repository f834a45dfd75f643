import type { Db } from '../../ports.ts';
import { runStore } from '../../store/index.ts';

/** Another worker has begun the run since: what this one made of it does not count. */
export class RunLostError extends Error {
  override readonly name = 'RunLostError';
}

/** @throws RunLostError */
export async function hold(tx: Db, run: runStore.Run): Promise<void> {
  if (!(await runStore.holdRun(tx, run))) throw new RunLostError(run.id);
}
