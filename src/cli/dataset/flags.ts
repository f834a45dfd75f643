/** What the dataset commands take: versions, formats, the rules of a build. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../../errors.ts';
import { DATASET_FORMATS } from '../../pipeline/dataset/formats.ts';
import { TRAINED_REASON_CLASSES } from '../../pipeline/dataset/selection.ts';
import type { Db } from '../../ports.ts';
import { REASON_CLASSES } from '../../schema/index.ts';
import { datasetVersionStore } from '../../store/index.ts';

export interface BuildFlags {
  readonly permutations: number;
  readonly reasonClasses: string[];
  readonly minConfidence: number;
  /** Files of benchmarks; false for --no-decontaminate; true when neither was given. */
  readonly decontaminate: string[] | boolean;
}

const MAX_PERMUTATIONS = 24;

export const DEFAULT_BUILD: BuildFlags = {
  permutations: 2,
  reasonClasses: [...TRAINED_REASON_CLASSES],
  minConfidence: 0,
  decontaminate: true,
};

export function addBuildOptions(command: Command): Command {
  return command
    .option(
      '--permutations <n>',
      'orders in which each thread is shown, at most',
      wholeNumber(1, MAX_PERMUTATIONS),
      DEFAULT_BUILD.permutations,
    )
    .option(
      '--reason-classes <list>',
      'reasons of a choice to learn from, separated by commas',
      reasonClasses,
      DEFAULT_BUILD.reasonClasses,
    )
    .option('--min-confidence <p>', 'least confidence of a label, 0 to 1', share, DEFAULT_BUILD.minConfidence)
    .option(
      '--decontaminate <file...>',
      'further benchmarks to leave out: their .csv, or threads as .jsonl (SWE-Lancer is always left out)',
    )
    .option(
      '--no-decontaminate',
      'keep what touches a benchmark: the version is marked and training refuses it',
    );
}

export function formatOption(): Option {
  return new Option('--format <format>', 'row format').choices(DATASET_FORMATS);
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
  };
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('expected a number from 0 to 1');
}

function reasonClasses(text: string): string[] {
  const classes = text.split(',').map((word) => word.trim());
  const unknown = classes.find((word) => !REASON_CLASSES.some((known) => known === word));
  if (unknown === undefined) return classes.toSorted();
  throw new InvalidArgumentError(`there is no class "${unknown}"; choose of ${REASON_CLASSES.join(', ')}`);
}

/**
 * @param text a version's number, with or without `v`, or `latest`
 * @throws InputError when there is no such version
 */
export async function requireVersion(db: Db, text: string): Promise<datasetVersionStore.DatasetVersion> {
  const number = /^v?(\d{1,9})$/i.exec(text)?.[1];
  const version =
    text === 'latest'
      ? await datasetVersionStore.latestVersion(db)
      : number === undefined
        ? null
        : await datasetVersionStore.findVersion(db, Number(number));
  if (version) return version;
  const known = await datasetVersionStore.listVersions(db);
  throw new InputError(
    known.length === 0 ? 'There is no dataset version yet.' : `There is no dataset version ${text}.`,
    known.length === 0
      ? 'Build one with `swe-manager dataset build`.'
      : `There are ${known.map((one) => one.number).join(', ')}; \`latest\` is the last of them.`,
  );
}
