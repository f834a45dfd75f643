/** Keeps N requests in flight until every row is answered or has failed for good. */
import { setTimeout as sleep } from 'node:timers/promises';
import { JudgeError } from '../../errors.ts';
import type { Completion, CompletionRequest, InferenceClient } from '../../pipeline/judge/model/port.ts';
import type { InputRow } from './input.ts';

export interface FailedRow {
  readonly row: InputRow;
  readonly error: unknown;
}

export interface RunOptions {
  readonly client: Pick<InferenceClient, 'complete' | 'health'>;
  /** Requests in flight at a time. */
  readonly batchSize: number;
  readonly request: (row: InputRow) => Promise<CompletionRequest>;
  /** Called for every answer; the row counts as done when it resolves. A rejection ends the run. */
  readonly save: (row: InputRow, completion: Completion) => Promise<void>;
  readonly onFailed?: (failed: FailedRow) => void;
  /** Called with true when no server answers, with false when one does again. */
  readonly onOutage?: (down: boolean) => void;
  readonly signal: AbortSignal;
  /** Milliseconds without any server, or of nothing but overload, before a row is given up. */
  readonly patienceMs: number;
  /** Milliseconds before the first new try; it doubles up to 16 times that. */
  readonly pauseMs: number;
}

/** Tries a row gets although a server is there. The client repeats by itself what failed before a token. */
const TRIES = 3;

/**
 * Rows are taken up in order; as soon as one ends, the next starts, so a slow one holds nobody up.
 * @returns the rows that failed, in input order.
 * @throws the signal's reason when it aborts, and whatever `save` throws.
 */
export async function runRows(rows: readonly InputRow[], options: RunOptions): Promise<FailedRow[]> {
  const failed: FailedRow[] = [];
  const queue = rows.values();
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const outage: Outage = { since: null };
  const work = async () => {
    for (const row of queue) {
      const result = await answer(row, { ...options, signal }, outage);
      if (!('error' in result)) await options.save(row, result);
      else {
        failed.push({ row, error: result.error });
        options.onFailed?.({ row, error: result.error });
      }
    }
  };
  const workers = Array.from({ length: Math.min(options.batchSize, rows.length) }, work);
  try {
    await Promise.all(workers);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(workers);
    throw options.signal.aborted ? options.signal.reason : error;
  }
  return failed.sort((a, b) => a.row.index - b.row.index);
}

interface Outage {
  /** `performance.now()` at which the first row found no server; null while one answers. */
  since: number | null;
}

async function answer(
  row: InputRow,
  options: RunOptions,
  outage: Outage,
): Promise<Completion | { readonly error: unknown }> {
  const troubles: Troubles = { tries: 0, overloadedSince: null };
  for (let pauses = 0; ; pauses += 1) {
    options.signal.throwIfAborted();
    try {
      const completion = await options.client.complete(await options.request(row), {
        signal: options.signal,
      });
      endOutage(outage, options);
      return completion;
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof JudgeError)) throw error;
      if (await isLost(error, troubles, options, outage)) return { error };
      await sleep(options.pauseMs * 2 ** Math.min(pauses, 4), undefined, { signal: options.signal });
    }
  }
}

/** What one row has met with so far. */
interface Troubles {
  tries: number;
  /** `performance.now()` at which a server first had too much to do for it. */
  overloadedSince: number | null;
}

/** With a server there that has time, the row itself may be the trouble; otherwise nobody can tell. */
async function isLost(
  error: JudgeError,
  troubles: Troubles,
  options: RunOptions,
  outage: Outage,
): Promise<boolean> {
  if (!error.retryable) return true;
  if (error.overloaded) {
    troubles.overloadedSince ??= performance.now();
    return isLongAgo(troubles.overloadedSince, options);
  }
  if (await anyServer(options, outage)) troubles.tries += 1;
  return troubles.tries >= TRIES || isLongAgo(outage.since, options);
}

async function anyServer(options: RunOptions, outage: Outage): Promise<boolean> {
  const health = await options.client.health(options.signal);
  if (health.some((server) => server.state === 'up')) {
    endOutage(outage, options);
    return true;
  }
  if (outage.since === null) {
    outage.since = performance.now();
    options.onOutage?.(true);
  }
  return false;
}

function endOutage(outage: Outage, options: RunOptions): void {
  if (outage.since === null) return;
  outage.since = null;
  options.onOutage?.(false);
}

function isLongAgo(since: number | null, { patienceMs }: RunOptions): boolean {
  return since !== null && performance.now() - since >= patienceMs;
}
