import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawFigures } from './report/figures.ts';
import { type ReportParts, renderReport } from './report/markdown.ts';
import { cannotBeWritten, prepareDirectory } from './report-directory.ts';
import { RESULTS_FILE, toJsonLines } from './results-file.ts';
import { sliceTables } from './slices.ts';

export type Run = Omit<ReportParts, 'figures' | 'tables'>;

/**
 * Writes `report.md`, its figures, `tasks.jsonl` and `summary.json`, over those of an earlier run.
 * @returns the report's path
 * @throws InputError when the directory cannot be written
 */
export async function writeReport(directory: string, run: Run): Promise<string> {
  const tables = sliceTables(run.results);
  const figures = drawFigures(run.summary, tables);
  const files = [
    ...figures.map(({ name, svg }) => ({ name: `${name}.svg`, text: svg })),
    { name: RESULTS_FILE, text: toJsonLines(run.results) },
    { name: 'summary.json', text: `${JSON.stringify(run.summary, null, 2)}\n` },
    { name: 'report.md', text: renderReport({ ...run, tables, figures }) },
  ];
  await prepareDirectory(directory);
  try {
    for (const { name, text } of files) await writeFile(join(directory, name), text);
  } catch (cause) {
    throw cannotBeWritten(directory, cause);
  }
  return join(directory, 'report.md');
}
