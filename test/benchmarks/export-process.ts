/** One export in a process of its own, so that its peak memory is its own: database, version, number, file. */
import { openPostgres } from '../../src/adapters/db/postgres.ts';
import { writeWholeFile } from '../../src/cli/whole-file.ts';
import { exportVersion } from '../../src/tasks/dataset/export-version.ts';

export interface Exported {
  readonly rows: number;
  readonly seconds: number;
  readonly peakMiB: number;
}

const [url = '', id = '', number = '', file = ''] = process.argv.slice(2);
const database = await openPostgres(url, () => {});
let rows = 0;
async function* texts() {
  const selection = { format: 'sft', split: 'train', targets: null, operatorConsent: true } as const;
  for await (const chunk of exportVersion(database.db, { id, number: Number(number) }, selection)) {
    rows += chunk.rows;
    yield chunk.text;
  }
}
const started = performance.now();
await writeWholeFile(file, texts());
const seconds = (performance.now() - started) / 1000;
await database.close();
const exported: Exported = { rows, seconds, peakMiB: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(JSON.stringify(exported));
