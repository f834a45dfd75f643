/** A progress bar on stderr; silent where stderr is not a terminal. */
import { SingleBar } from 'cli-progress';

export interface Bar {
  update(done: number, total: number): void;
  stop(): void;
}

export function startBar(what: string, stream: NodeJS.WriteStream = process.stderr): Bar {
  if (!stream.isTTY) return { update: () => {}, stop: () => {} };
  const bar = new SingleBar({
    stream,
    format: `{bar} {value}/{total} ${what} | {eta_formatted} left`,
    hideCursor: true,
    barsize: 30,
    fps: 5,
    clearOnComplete: true,
  });
  let started = false;
  return {
    update: (done, total) => {
      if (!started) bar.start(total, 0);
      started = true;
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
