/** A round: training runs are followed to their end, and what decides stays loaded. */
import type { AppContext } from '../ports.ts';
import { keepLoaded } from './learning/load-version.ts';
import { eraseRunTexts } from './training/erase-run-texts.ts';
import { followRuns } from './training/follow-runs.ts';

export async function followTraining(ctx: AppContext, signal?: AbortSignal): Promise<void> {
  for (const { run, problem } of await followRuns(ctx, { stallMs: ctx.config.trainer.stallMs })) {
    if (problem) ctx.logger.warn({ err: problem, run: run.name }, 'a training run cannot be followed');
    else ctx.logger.debug({ run: run.name, state: run.state, reason: run.reason }, 'followed a training run');
  }
  for (const run of (await eraseRunTexts(ctx)).erased)
    ctx.logger.info({ run: run.name }, 'text that was erased is gone from the files of a training run');
  for (const { version, problem } of await keepLoaded(ctx, signal)) {
    ctx.logger.warn({ err: problem, version }, 'a version that decides is not served');
  }
}
