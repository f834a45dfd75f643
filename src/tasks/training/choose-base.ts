/** What a run starts from. Every DAPO run starts from the same SFT model, never from another DAPO run's. */
import { InputError } from '../../errors.ts';
import type { Db } from '../../ports.ts';
import { modelStore } from '../../store/index.ts';

export interface BaseSettings {
  /** What SFT starts from. */
  readonly base: string;
  /** The fixed SFT model; null: the one that was registered last. */
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
  const named = asked ?? (stage === 'sft' ? base : sftModel);
  const version = named === null ? await modelStore.latestSftModel(db) : await findVersion(db, named);
  if (version) return pathOf(db, version);
  if (named !== null) return named;
  throw new InputError(
    'There is no SFT model to start DAPO from.',
    'Train one with `swe-manager train --stage sft`, or set TRAIN_SFT_MODEL.',
  );
}

async function findVersion(db: Db, named: string): Promise<modelStore.ModelVersion | null> {
  const versions = await modelStore.listModelVersions(db, 'model');
  return versions.find(({ name, path }) => name === named || path === named) ?? null;
}

async function pathOf(db: Db, version: modelStore.ModelVersion): Promise<string> {
  if (version.state === 'retracted' || version.path === null) {
    throw new InputError(`${version.name} cannot be built upon.`, 'Name another base.');
  }
  if ((await modelStore.stageOf(db, version)) === 'dapo') {
    throw new InputError(
      `${version.name} was trained by DAPO: feedback on its own choices would pile up in it.`,
      'Start from the SFT model; every retraining does.',
    );
  }
  if (version.files.some(({ path }) => path === 'adapter_config.json')) {
    throw new InputError(
      `${version.name} is a LoRA adapter, and training starts from whole weights.`,
      `Merge it (swift export --adapters ${version.path} --merge_lora true --output_dir DIR), and give --base DIR or TRAIN_SFT_MODEL=DIR.`,
    );
  }
  return version.path;
}
