/**
 * Held-out threads that are fair questions: no version may have learned the answer from a near-copy of them. A build
 * keeps such copies apart (tasks/dataset/survey.ts), but only those that were labelled by then.
 */
import {
  createDuplicateIndex,
  type Signature,
  signaturesOf,
} from '../../pipeline/dataset/near-duplicates.ts';
import type { Db } from '../../ports.ts';
import { datasetVersionStore, holdoutStore } from '../../store/index.ts';

/** Threads that are in memory at once. */
const PAGE = 20;

/** Reads every thread that a version was built to train on, unless nothing is asked. */
export async function fairQuestions(
  db: Db,
  heldOut: readonly holdoutStore.UnexposedLabel[],
  signal?: AbortSignal,
): Promise<holdoutStore.UnexposedLabel[]> {
  if (heldOut.length === 0) return [];
  const index = createDuplicateIndex();
  const asked = heldOut.map(({ snapshotId }) => snapshotId);
  for await (const { id, signatures } of signed(db, asked, signal)) index.add(id, signatures);
  const copies = new Set<string>();
  const trained = [...(await datasetVersionStore.trainedSnapshots(db))];
  for await (const { signatures } of signed(db, trained, signal)) {
    for (const id of index.find(signatures)) copies.add(id);
  }
  return heldOut.filter(({ snapshotId }) => !copies.has(snapshotId));
}

async function* signed(
  db: Db,
  ids: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<{ readonly id: string; readonly signatures: readonly Signature[] }> {
  for (let from = 0; from < ids.length; from += PAGE) {
    signal?.throwIfAborted();
    const threads = await holdoutStore.inputsOf(db, ids.slice(from, from + PAGE));
    for (const { snapshotId: id, input } of threads) yield { id, signatures: signaturesOf(input) };
  }
}
