import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { loadConfig } from '../config.ts';
import { openStore } from '../context.ts';
import { InputError } from '../errors.ts';
import type { DatasetFormat } from '../pipeline/dataset/row.ts';
import type { Db } from '../ports.ts';
import { exportDataset, type SkipReason } from '../tasks/export-dataset.ts';
import { action, print, printJson, progress } from './support.ts';

interface ExportFlags {
  readonly format: DatasetFormat;
  readonly out: string;
  readonly json?: boolean;
}

export function datasetCommand(): Command {
  const dataset = new Command('dataset').description('training data from what the maintainers did');
  dataset
    .command('export')
    .description('write the labelled decisions as JSONL, one training row a line')
    .addOption(new Option('--format <format>', 'row format').choices(['sft', 'grpo']).makeOptionMandatory())
    .requiredOption('--out <file>', 'file to write; it appears only when it is complete')
    .option('--json', 'print the counts as JSON')
    .action(action(exportCommand));
  return dataset;
}

async function exportCommand(flags: ExportFlags): Promise<void> {
  const config = loadConfig();
  const store = await openStore(config);
  try {
    const counts = await writeDataset(store.db, flags, config.trainingConsent);
    if (flags.json) return printJson({ file: flags.out, format: flags.format, ...counts });
    print(`${counts.rows} ${counts.rows === 1 ? 'row' : 'rows'} in ${flags.out}`);
    for (const [reason, count] of Object.entries(counts.skipped))
      if (count > 0) print(`${count} left out: ${reason}`);
  } finally {
    await store.close();
  }
}

export interface ExportCounts {
  rows: number;
  readonly skipped: Record<SkipReason, number>;
}

/**
 * Writes to a temporary neighbour first, so that no half file stands under the final name.
 * @throws InputError when the file cannot be written.
 */
export async function writeDataset(
  db: Db,
  target: { readonly format: DatasetFormat; readonly out: string },
  trainingConsent: boolean,
): Promise<ExportCounts> {
  const counts: ExportCounts = {
    rows: 0,
    skipped: { 'no-consent': 0, 'deleted-comment': 0, 'no-target': 0 },
  };
  const partial = `${target.out}.partial`;
  async function* lines() {
    for await (const event of exportDataset(db, { format: target.format, trainingConsent })) {
      if (event.kind === 'skipped') counts.skipped[event.reason] += 1;
      else {
        counts.rows += 1;
        progress(`${counts.rows} rows`);
        yield `${JSON.stringify(event.row)}\n`;
      }
    }
  }
  try {
    await pipeline(Readable.from(lines()), createWriteStream(partial));
    await rename(partial, target.out);
  } catch (cause) {
    await rm(partial, { force: true });
    const isFileError = typeof (cause as NodeJS.ErrnoException).syscall === 'string';
    if (!isFileError) throw cause;
    throw new InputError(
      `${target.out} cannot be written: ${(cause as Error).message}.`,
      'Choose another --out.',
      { cause },
    );
  }
  return counts;
}
