/** Progress on stderr: a bar with rate and time left on a terminal, a line now and then elsewhere. */
import { SingleBar } from 'cli-progress';

export interface Progress {
  done(): void;
  failed(): void;
  note(text: string): void;
  stop(): void;
}

const QUIET_INTERVAL_MS = 30_000;

/**
 * @param total rows in the input
 * @param before rows that were answered in earlier runs
 * @param inFlight over how many rows the time left is estimated at least
 */
export function startProgress(
  total: number,
  before: number,
  inFlight: number,
  stream: NodeJS.WriteStream = process.stderr,
): Progress {
  return stream.isTTY ? barProgress(total, before, inFlight, stream) : lineProgress(total, before, stream);
}

function barProgress(total: number, before: number, inFlight: number, stream: NodeJS.WriteStream): Progress {
  const startedAt = performance.now();
  let done = 0;
  let failed = 0;
  let note = '';
  const bar = new SingleBar({
    stream,
    format: '{bar} {value}/{total} rows | {rate}/s | {eta_formatted} left{failed}{note}',
    etaBuffer: Math.max(50, 2 * inFlight),
    hideCursor: true,
    barsize: 30,
    fps: 5,
  });
  const payload = () => ({
    rate: ((done * 1000) / Math.max(1, performance.now() - startedAt)).toFixed(2),
    failed: failed > 0 ? ` | ${failed} failed` : '',
    note: note ? ` | ${note}` : '',
  });
  bar.start(total, before, payload());
  return {
    done: () => {
      done += 1;
      bar.increment(1, payload());
    },
    failed: () => {
      failed += 1;
      bar.increment(1, payload());
    },
    note: (text) => {
      note = text;
      bar.update(payload());
    },
    stop: () => bar.stop(),
  };
}

function lineProgress(total: number, before: number, stream: NodeJS.WriteStream): Progress {
  const startedAt = performance.now();
  let done = 0;
  let failed = 0;
  const timer = setInterval(() => {
    const rate = (done * 1000) / (performance.now() - startedAt);
    const left = rate > 0 ? `, about ${Math.ceil((total - before - done - failed) / rate)} s left` : '';
    stream.write(`${before + done}/${total} rows, ${rate.toFixed(2)}/s, ${failed} failed${left}\n`);
  }, QUIET_INTERVAL_MS).unref();
  return {
    done: () => {
      done += 1;
    },
    failed: () => {
      failed += 1;
    },
    note: (text) => {
      if (text) stream.write(`${text}\n`);
    },
    stop: () => clearInterval(timer),
  };
}
