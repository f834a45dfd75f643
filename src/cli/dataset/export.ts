import { join } from 'node:path';
import { Command, Option } from 'commander';
import { type Config, loadConfig } from '../../config.ts';
import { openStore } from '../../context.ts';
import { InputError } from '../../errors.ts';
import { filesOf } from '../../pipeline/dataset/card.ts';
import { DATASET_FORMATS, type DatasetFormat } from '../../pipeline/dataset/formats.ts';
import type { Db } from '../../ports.ts';
import { SPLITS, type Split, TARGET_KINDS, type TargetKind } from '../../schema/index.ts';
import type { datasetVersionStore } from '../../store/index.ts';
import { type ExportOptions, exportVersion } from '../../tasks/dataset/export-version.ts';
import { startBar } from '../bar.ts';
import { action, print, printJson } from '../support.ts';
import { writeWholeFile } from '../whole-file.ts';
import { buildDataset } from './build.ts';
import { formatOption, requireVersion } from './flags.ts';
import { plural, printWhatConsents } from './print.ts';

interface ExportFlags {
  readonly format?: DatasetFormat;
  readonly out?: string;
  readonly outDir?: string;
  readonly split: Split;
  readonly targets?: TargetKind[];
  readonly json?: boolean;
}

export function exportCommand(): Command {
  return new Command('export')
    .description('write a version as JSONL, one training row a line')
    .argument('[version]', 'its number or `latest`; left out, a version is built from what is labelled now')
    .addOption(formatOption())
    .option('--out <file>', 'file for one format and split; it appears only when it is complete')
    .option(
      '--out-dir <dir>',
      'directory for everything: card, manifest, all formats (or --format) and splits',
    )
    .addOption(new Option('--split <split>', 'which part').choices(SPLITS).default('train'))
    .addOption(
      new Option('--targets <kinds...>', 'only rows whose answer has this source').choices(TARGET_KINDS),
    )
    .option('--json', 'print the counts as JSON')
    .action(action(runExport));
}

async function runExport(wanted: string | undefined, flags: ExportFlags): Promise<void> {
  assertTarget(flags);
  const config = loadConfig();
  const store = await openStore(config);
  try {
    const version = wanted
      ? await requireVersion(store.db, wanted)
      : (await buildDataset(store.db, config)).version;
    const files = await writeFiles(store.db, version, flags, config);
    report(version, files, flags);
  } finally {
    await store.close();
  }
}

function assertTarget({ format, out, outDir }: ExportFlags): void {
  if ((out === undefined) === (outDir === undefined)) {
    throw new InputError('Where should the rows go?', 'Give either --out FILE or --out-dir DIR.');
  }
  if (out !== undefined && format === undefined) {
    throw new InputError('A file holds one format.', `Give --format ${DATASET_FORMATS.join(', ')}.`);
  }
}

export interface WrittenFile {
  readonly file: string;
  readonly format: DatasetFormat;
  readonly split: Split;
  readonly rows: number;
}

async function writeFiles(
  db: Db,
  version: datasetVersionStore.DatasetVersion,
  { format, out, outDir, split, targets: kinds }: ExportFlags,
  { trainingConsent: operatorConsent }: Pick<Config, 'trainingConsent'>,
): Promise<WrittenFile[]> {
  const targets = kinds ?? null;
  if (out !== undefined && format !== undefined) {
    return [await writeRows(db, version, { format, split, targets, operatorConsent }, out)];
  }
  return writeDirectory(db, version, outDir ?? '.', {
    targets,
    operatorConsent,
    ...(format && { format }),
  });
}

/** Rows, card and manifest, laid out as the card says. @throws InputError when a file cannot be written. */
export async function writeDirectory(
  db: Db,
  version: datasetVersionStore.DatasetVersion,
  directory: string,
  only: Pick<ExportOptions, 'operatorConsent'> & {
    readonly format?: DatasetFormat;
    readonly targets?: readonly TargetKind[] | null;
  },
): Promise<WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const format of only.format === undefined ? DATASET_FORMATS : [only.format]) {
    for (const { split, path } of filesOf(version.manifest, format)) {
      const { targets = null, operatorConsent } = only;
      const selection = { format, split, targets, operatorConsent };
      written.push(await writeRows(db, version, selection, join(directory, path)));
    }
  }
  await writeWholeFile(join(directory, 'README.md'), [version.card]);
  await writeWholeFile(join(directory, 'manifest.json'), [`${JSON.stringify(version.manifest, null, 2)}\n`]);
  return written;
}

/** @throws InputError when the file cannot be written. */
export async function writeRows(
  db: Db,
  version: datasetVersionStore.DatasetVersion,
  selection: ExportOptions,
  file: string,
): Promise<WrittenFile> {
  const bar = startBar('rows');
  let rows = 0;
  async function* texts() {
    for await (const chunk of exportVersion(db, version, selection)) {
      rows += chunk.rows;
      bar.update(rows, version.manifest.splits[selection.split].rows);
      yield chunk.text;
    }
  }
  try {
    await writeWholeFile(file, texts());
  } finally {
    bar.stop();
  }
  return { file, format: selection.format, split: selection.split, rows };
}

function report(
  { number, manifest }: datasetVersionStore.DatasetVersion,
  files: readonly WrittenFile[],
  flags: ExportFlags,
): void {
  const { leftOut, contaminated } = manifest;
  if (flags.json) {
    printJson({ version: number, contaminated, files, leftOut });
    return;
  }
  for (const { rows, file } of files) print(`${rows} ${plural(rows, 'row')} in ${file}`);
  const held = manifest.splits.holdout.rows;
  if (flags.out && flags.split === 'train' && held > 0) {
    print(`${held} ${plural(held, 'row')} held out for comparing models (--split holdout)`);
  }
  for (const [reason, count] of Object.entries(leftOut)) print(`${count} left out: ${reason}`);
  printWhatConsents(leftOut);
  if (contaminated) print('The version is contaminated: training refuses it.');
}

/** What is labelled now as rows in one file: builds a version if anything changed, and exports it. */
export async function writeDataset(
  db: Db,
  target: { readonly format: DatasetFormat; readonly split?: Split; readonly out: string },
  config: Pick<Config, 'trainingConsent'>,
): Promise<WrittenFile & { readonly version: datasetVersionStore.DatasetVersion }> {
  const { version } = await buildDataset(db, config);
  const { format, split = 'train', out } = target;
  const selection = { format, split, targets: null, operatorConsent: config.trainingConsent };
  return { ...(await writeRows(db, version, selection, out)), version };
}
