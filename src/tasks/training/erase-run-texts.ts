/**
 * Sampled answers and logs of a training run hold text of the threads it was given. Once any of that text is erased, they
 * go as a whole: what a model wrote cannot be told apart by whose words it repeats.
 */
import { trainingRunStore } from '../../store/index.ts';
import type { TrainingContext } from './types.ts';

export interface ErasedRunTexts {
  readonly erased: readonly trainingRunStore.TrainingRun[];
  /** Still under way, and writing: their turn comes when they have ended. */
  readonly waiting: readonly trainingRunStore.TrainingRun[];
}

/** Can be repeated; weights, figures and metrics stay. */
export async function eraseRunTexts({
  db,
  clock,
  training,
}: Omit<TrainingContext, 'config'>): Promise<ErasedRunTexts> {
  const runs = await trainingRunStore.runsWithErasedText(db);
  const [erased, waiting]: [trainingRunStore.TrainingRun[], trainingRunStore.TrainingRun[]] = [[], []];
  for (const run of runs) {
    if (trainingRunStore.isUnderWay(run)) waiting.push(run);
    else if (run.plan) {
      await training.files.removeTexts(run.plan);
      await trainingRunStore.setTextsErased(db, run.id, clock.now());
      erased.push(run);
    }
  }
  return { erased, waiting };
}
