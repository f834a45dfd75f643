/** Waits for a run's end, with what the trainer says of itself on stderr. */
import { InputError } from '../../errors.ts';
import { trainingRunStore } from '../../store/index.ts';
import { followRun } from '../../tasks/training/follow-runs.ts';
import type { TrainingContext } from '../../tasks/training/types.ts';
import { progress } from '../support.ts';

/** Most milliseconds between two looks. */
const GLANCE_MS = 5_000;

/**
 * Ends with the run. What is interrupted (Ctrl-C) trains on.
 * @throws TrainingError when its launcher cannot be asked; InputError when nobody submitted it
 */
export async function untilEnded(
  ctx: TrainingContext,
  run: trainingRunStore.TrainingRun,
  stallMs: number,
): Promise<trainingRunStore.TrainingRun> {
  const { signal } = new AbortController();
  for (let now = run; ; ) {
    now = await followRun(ctx, now, { stallMs });
    if (!trainingRunStore.isUnderWay(now)) {
      progress('');
      return now;
    }
    if (now.state === 'planned') {
      throw new InputError(`${now.name} is planned and not submitted.`, 'Ask for it again to submit it.');
    }
    progress(`${now.name}: ${now.state}${await stepOf(ctx, now)}`);
    await ctx.training.launcher(now.launcher).untilChange(now.name, { atMostMs: GLANCE_MS, signal });
  }
}

async function stepOf(
  { training }: TrainingContext,
  { plan }: trainingRunStore.TrainingRun,
): Promise<string> {
  const log = plan && (await training.files.lastLog(plan));
  const { 'global_step/max_steps': step, remaining_time: left } = log ?? {};
  if (typeof step !== 'string') return '';
  return typeof left === 'string' ? `, step ${step}, ${left} left` : `, step ${step}`;
}
