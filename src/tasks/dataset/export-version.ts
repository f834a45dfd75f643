/** Streams a version as JSONL: a few pages are held at a time, however many rows there are. */
import type { Db } from '../../ports.ts';
import { datasetVersionStore } from '../../store/index.ts';
import { repositoriesWithoutConsent } from '../support/training-consent.ts';

/** Places in the version that a page covers: at about 25 KB a row, a page is taken in while the next one is made. */
const PAGE_ROWS = 100;
/** Pages that are read at once, each on a connection of its own: putting rows together is the database's work. */
const PAGES_AHEAD = 3;

export interface ExportChunk {
  readonly rows: number;
  /** Whole lines, each with its line end. */
  readonly text: string;
}

export interface ExportOptions extends Omit<datasetVersionStore.ExportSelection, 'without'> {
  /** The operator's default for public repositories, as it is now. */
  readonly operatorConsent: boolean;
}

/** Rows of repositories that have withdrawn their consent since are left out, as erased ones are. */
export async function* exportVersion(
  db: Db,
  version: Pick<datasetVersionStore.DatasetVersion, 'id' | 'number'>,
  { operatorConsent, ...rows }: ExportOptions,
): AsyncGenerator<ExportChunk> {
  const selection = { ...rows, without: await repositoriesWithoutConsent(db, operatorConsent) };
  const end = await datasetVersionStore.endOfRows(db, version.id);
  const ahead: Promise<string[]>[] = [];
  let from = 0;
  readAhead();
  for (let page = ahead.shift(); page !== undefined; page = ahead.shift()) {
    const lines = await page;
    readAhead();
    if (lines.length > 0) yield { rows: lines.length, text: `${lines.join('\n')}\n` };
  }

  function readAhead(): void {
    for (; from < end && ahead.length < PAGES_AHEAD; from += PAGE_ROWS) ahead.push(readPage(from));
  }

  function readPage(first: number): Promise<string[]> {
    const page = datasetVersionStore.exportPage(db, version, selection, {
      from: first,
      to: first + PAGE_ROWS,
    });
    page.catch(() => {}); // Heard when it is awaited, which a reader that gave up never does.
    return page;
  }
}
