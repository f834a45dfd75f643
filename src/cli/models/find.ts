import { InputError } from '../../errors.ts';
import type { Db } from '../../ports.ts';
import { modelStore } from '../../store/index.ts';

const MOST_NAMES = 8;

/** @throws InputError that names what there is */
export async function findVersion(db: Db, name: string): Promise<modelStore.ModelVersion> {
  const version = await modelStore.findModelVersion(db, name);
  if (version) return version;
  throw noSuchVersion(
    name,
    (await modelStore.listModelVersions(db)).map((one) => one.name),
  );
}

/** @param known the names that would have been understood, the likeliest first */
export function noSuchVersion(name: string, known: readonly string[]): InputError {
  return new InputError(
    `There is no model version ${name}.`,
    known.length === 0
      ? 'Train one with `swe-manager train`.'
      : `There are: ${known.slice(0, MOST_NAMES).join(', ')}.`,
  );
}
