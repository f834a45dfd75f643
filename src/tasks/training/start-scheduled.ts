/** A retraining of the served model that the schedule asks for: DAPO, from the fixed SFT model. */
import type { AppContext } from '../../ports.ts';
import type { datasetVersionStore } from '../../store/index.ts';
import { planRun, startRun } from './start-run.ts';

/**
 * @returns the run's name
 * @throws InputError when there is nothing to learn or to start from; TrainingError when there is nowhere to train;
 * ConfigError
 */
export async function startScheduled(
  ctx: Pick<AppContext, 'db' | 'clock' | 'training' | 'config' | 'learning'>,
  dataset: datasetVersionStore.DatasetVersion,
): Promise<string> {
  const { trainer } = ctx.config;
  const request = {
    stage: 'dapo' as const,
    dataset,
    tuner: trainer.tuner,
    launcher: trainer.launcher,
    base: null,
    resources: null,
    again: false,
    requestedBy: 'schedule' as const,
  };
  const settings = { ...trainer, codeVersion: ctx.learning.codeVersion };
  const { run } = await startRun(ctx, request, await planRun(ctx, request, settings));
  return run.name;
}
