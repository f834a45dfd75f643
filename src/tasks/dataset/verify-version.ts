/** Is a version still what it was? Every row's hash is computed again, and the manifest's over all of them. */

import { splitOf } from '../../pipeline/dataset/holdout.ts';
import { createRowsHasher } from '../../pipeline/dataset/manifest.ts';
import { rowHash } from '../../pipeline/dataset/row.ts';
import type { Db } from '../../ports.ts';
import { datasetVersionStore } from '../../store/index.ts';

const PAGE_ROWS = 250;

export interface Verification {
  readonly rows: number;
  /** Rows whose text was erased since; their hashes stand for them. */
  readonly erased: number;
  /** Ids of rows whose text is not what it was. */
  readonly changed: readonly string[];
  /** Ids of rows that stand in the other split than their issue belongs to. */
  readonly misplaced: readonly string[];
  /** False when rows were added, removed or put in another order. */
  readonly complete: boolean;
}

export async function verifyVersion(
  db: Db,
  version: datasetVersionStore.DatasetVersion,
  onRow?: (done: number, total: number) => void,
): Promise<Verification> {
  const hasher = createRowsHasher();
  const changed: string[] = [];
  const misplaced: string[] = [];
  let [rows, erased] = [0, 0];
  for await (const { row, issue } of allRows(db, version.id)) {
    rows += 1;
    onRow?.(rows, version.manifest.rows);
    hasher.add({ id: row.rowId, hash: row.hash });
    if (splitOf(issue.repositoryId, issue.number) !== row.split) misplaced.push(row.rowId);
    const { messages, answer, rejected, columns } = row;
    if (row.erasedAt !== null) erased += 1;
    else if (messages === null || answer === null || columns === null) changed.push(row.rowId);
    else if (rowHash({ messages, answer, rejected, columns }) !== row.hash) changed.push(row.rowId);
  }
  return { rows, erased, changed, misplaced, complete: hasher.finish() === version.manifest.rowsHash };
}

async function* allRows(db: Db, versionId: string) {
  for (let after = -1; ; ) {
    const page = await datasetVersionStore.rowsPage(db, versionId, after, PAGE_ROWS);
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last.row.ordinal;
  }
}
