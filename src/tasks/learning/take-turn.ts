import type { AppContext } from '../../ports.ts';
import { startScheduled } from '../training/start-scheduled.ts';
import { learn } from './learn.ts';

/** A turn of learning in the App, with a word in the log about whatever changed. */
export async function takeTurn(ctx: AppContext, signal: AbortSignal): Promise<void> {
  const { learning: schedule, trainingConsent: operatorConsent } = ctx.config;
  const { watched, unwatched, gate, trained } = await learn(ctx, {
    schedule,
    operatorConsent,
    startRun: (dataset) => startScheduled(ctx, dataset),
    signal,
  });
  if (watched && watched.soundedAt !== null) {
    const { stable, shadow } = watched;
    ctx.logger.warn({ stable, shadow }, 'the promoted judge does worse than the one before: rolled back');
  }
  if (unwatched)
    ctx.logger.warn(
      { err: unwatched },
      'who decides and who did before cannot be compared: one is not served',
    );
  if (trained !== null)
    ctx.logger.info({ version: trained }, 'a version was trained, or its training has begun');
  if (gate && gate.verdict !== 'wait') {
    ctx.logger.info({ candidate: gate.candidate, verdict: gate.verdict }, 'the gate gave its verdict');
  }
}
