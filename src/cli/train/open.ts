/** What the training commands share: the open store with its launchers, and runs by their names. */
import { type Config, loadConfig } from '../../config.ts';
import { openStore, openTraining, systemClock } from '../../context.ts';
import { InputError } from '../../errors.ts';
import type { Db } from '../../ports.ts';
import { trainingRunStore } from '../../store/index.ts';
import type { TrainingContext } from '../../tasks/training/types.ts';

export async function withTraining(
  run: (ctx: TrainingContext, config: Config) => Promise<void>,
): Promise<void> {
  const config = loadConfig();
  const store = await openStore(config);
  try {
    await run({ db: store.db, clock: systemClock, training: openTraining(config), config }, config);
  } finally {
    await store.close();
  }
}

/**
 * @param name a run’s name, or `latest`
 * @throws InputError that names what there is
 */
export async function requireRun(db: Db, name: string): Promise<trainingRunStore.TrainingRun> {
  const runs = await trainingRunStore.listTrainingRuns(db);
  const named = name === 'latest' ? runs[0] : await trainingRunStore.findTrainingRun(db, name);
  if (named) return named;
  const known = runs.slice(0, 5).map((run) => run.name);
  throw new InputError(
    known.length === 0 ? 'There is no training run yet.' : `There is no training run ${name}.`,
    known.length === 0
      ? 'Start one with `swe-manager train --stage STAGE --dataset VERSION`.'
      : `There are: ${known.join(', ')}.`,
  );
}
