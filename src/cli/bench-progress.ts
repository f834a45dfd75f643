/** How far a bench is: a bar on stderr where that is a terminal, nothing elsewhere. */
import { SingleBar } from 'cli-progress';

export interface BenchProgress {
  /** @param id of the task that is being judged @param done tasks before it */
  at(done: number, id: string): void;
  stop(): void;
}

/** @param total number of tasks */
export function startBenchProgress(
  total: number,
  stream: NodeJS.WriteStream = process.stderr,
): BenchProgress {
  const bar = new SingleBar({
    stream,
    format: '{bar} {value}/{total} tasks | {eta_formatted} left | {task}',
    noTTYOutput: false,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 30,
  });
  bar.start(total, 0, { task: '' });
  return {
    at: (done, id) => bar.update(done, { task: id.slice(0, 40) }),
    stop: () => bar.stop(),
  };
}
