/** May a version be trained on? What the trainer would refuse is refused before anything is submitted. */
import { InputError } from '../../errors.ts';
import { TRAINED_REASON_CLASSES } from '../../pipeline/dataset/selection.ts';
import type { Db } from '../../ports.ts';
import { datasetVersionStore } from '../../store/index.ts';
import { refuseContaminated } from '../learning/train-embedded.ts';
import { repositoriesWithoutConsent } from '../support/training-consent.ts';

/** One thread in ten is validated on: with fewer, a checkpoint would be chosen by one answer or by none. */
const LEAST_THREADS = 20;

/**
 * @param operatorConsent the operator's default for public repositories, as it is now
 * @returns how many rows there are to train on
 * @throws InputError for a version that touches a benchmark, is empty or tiny, or whose answers are all the same
 */
export async function checkDataset(
  db: Db,
  dataset: datasetVersionStore.DatasetVersion,
  operatorConsent: boolean,
): Promise<number> {
  refuseContaminated(dataset);
  const taught = {
    reasonClasses: TRAINED_REASON_CLASSES,
    without: await repositoriesWithoutConsent(db, operatorConsent),
  };
  const answers = await datasetVersionStore.countAnswers(db, dataset.id, taught);
  const [only] = answers.keys();
  if (only === undefined) {
    throw new InputError(
      `Dataset version ${dataset.number} has no rows to train on.`,
      'Collect decisions, check the consent of their repositories, and build another version.',
    );
  }
  if (answers.size === 1) {
    throw new InputError(
      `Every answer of dataset version ${dataset.number} is ${only}: a model would learn the number.`,
      'Collect other labels, or build with more --permutations.',
    );
  }
  const threads = await datasetVersionStore.countThreads(db, dataset.id, taught);
  if (threads < LEAST_THREADS) {
    throw new InputError(
      `Dataset version ${dataset.number} has ${threads} threads to train on, and fewer than ${LEAST_THREADS} teach nothing that could be checked.`,
      'Collect more decisions, harvest the past (`swe-manager harvest`), or train with --stage embedded.',
    );
  }
  return [...answers.values()].reduce((sum, rows) => sum + rows, 0);
}
