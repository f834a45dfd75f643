/** What a run starts from. Every DAPO run starts from the same SFT model, never from another DAPO run's. */
import { posix } from 'node:path';
import { InputError } from '../../errors.ts';
import type { Db } from '../../ports.ts';
import { modelStore, trainingRunStore } from '../../store/index.ts';

export interface BaseSettings {
  /** What SFT starts from. */
  readonly base: string;
  /** The fixed SFT model; null: what DAPO started from before, and at first the one that was registered last. */
  readonly sftModel: string | null;
}

/**
 * @param asked a model on the hub, a directory of weights or a registered version; null leaves it to the settings
 * @returns where its weights are: a model on the hub or a directory
 * @throws InputError when there is none, or the run would build on feedback to itself
 */
export async function chooseBase(
  db: Db,
  stage: 'sft' | 'dapo',
  asked: string | null,
  { base, sftModel }: BaseSettings,
): Promise<string> {
  const runs = await trainingRunStore.listDapoRuns(db);
  const settled = stage === 'sft' ? base : (sftModel ?? baseSoFar(runs));
  const named = asked ?? settled;
  const version = named === null ? await modelStore.latestSftModel(db) : await findVersion(db, named);
  if (version) return pathOf(db, version);
  if (named !== null) return directoryOf(named, runs);
  throw new InputError(
    'There is no SFT model to start DAPO from.',
    'Train one with `swe-manager train --stage sft`, or set TRAIN_SFT_MODEL.',
  );
}

/** A newer SFT model changes nothing: models that DAPO made compare only when they start from the same one. */
function baseSoFar(runs: readonly trainingRunStore.TrainingRun[]): string | null {
  return runs.find(({ state }) => state !== 'failed' && state !== 'cancelled')?.base ?? null;
}

async function findVersion(db: Db, named: string): Promise<modelStore.ModelVersion | null> {
  const versions = await modelStore.listModelVersions(db, 'model');
  const isNamed = ({ name, path }: modelStore.ModelVersion) =>
    name === named || (path !== null && normalised(path) === normalised(named));
  return versions.find(isNamed) ?? null;
}

/** What no version stands for, e.g. merged weights. */
function directoryOf(named: string, runs: readonly trainingRunStore.TrainingRun[]): string {
  const directory = normalised(named);
  const origin = runs.find(({ plan }) => plan !== null && isIn(posix.dirname(plan.outputDir), directory));
  if (origin) throw madeByDapo(`${named} lies in ${origin.name} and`);
  return directory;
}

function isIn(directory: string, path: string): boolean {
  const way = posix.relative(normalised(directory), path);
  return posix.isAbsolute(path) && way !== '..' && !way.startsWith('../');
}

/** A name on the hub stays what it is. */
function normalised(path: string): string {
  return posix.isAbsolute(path) ? posix.resolve(path) : path;
}

function madeByDapo(what: string): InputError {
  return new InputError(
    `${what} was trained by DAPO: feedback on its own choices would pile up in it.`,
    'Start from the SFT model; every retraining does.',
  );
}

async function pathOf(db: Db, version: modelStore.ModelVersion): Promise<string> {
  if (version.state === 'retracted' || version.path === null) {
    throw new InputError(`${version.name} cannot be built upon.`, 'Name another base.');
  }
  if ((await modelStore.stageOf(db, version)) === 'dapo') {
    throw madeByDapo(version.name);
  }
  if (version.files.some(({ path }) => path === 'adapter_config.json')) {
    throw new InputError(
      `${version.name} is a LoRA adapter, and training starts from whole weights.`,
      `Merge it (swift export --adapters ${version.path} --merge_lora true --output_dir DIR), and give --base DIR or TRAIN_SFT_MODEL=DIR.`,
    );
  }
  return version.path;
}
