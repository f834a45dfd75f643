/** Streams a version as JSONL: two pages are held at a time, however many rows there are. */
import type { Db } from '../../ports.ts';
import { datasetVersionStore } from '../../store/index.ts';

/** Rows a page; at about 25 KB each, a few megabytes. */
const PAGE_ROWS = 250;

export interface ExportChunk {
  readonly rows: number;
  /** Whole lines, each with its line end. */
  readonly text: string;
}

export async function* exportVersion(
  db: Db,
  version: Pick<datasetVersionStore.DatasetVersion, 'id' | 'number'>,
  selection: datasetVersionStore.ExportSelection,
): AsyncGenerator<ExportChunk> {
  let next = readPage(-1);
  for (;;) {
    const page = await next;
    const last = page.at(-1);
    if (!last) return;
    // The database reads on while this page is written.
    next = readPage(last.ordinal);
    yield { rows: page.length, text: `${page.map(({ line }) => line).join('\n')}\n` };
  }

  function readPage(after: number): Promise<datasetVersionStore.ExportedLine[]> {
    const page = datasetVersionStore.exportPage(db, version, selection, { after, size: PAGE_ROWS });
    page.catch(() => {}); // Heard when it is awaited, which a reader that gave up never does.
    return page;
  }
}
