/**
 * The sweeper: what GitHub could not tell us is asked for. One process does it at a time (see rounds.ts). It stops
 * where GitHub's limits say so, remembers where it was, and goes on from there the next time.
 */
import { GitHubError } from '../../errors.ts';
import type { AppContext } from '../../ports.ts';
import { sweepComments } from './sweep-comments.ts';
import { sweepDeliveries } from './sweep-deliveries.ts';
import { sweepParked } from './sweep-parked.ts';

export async function sweep(ctx: AppContext, signal: AbortSignal): Promise<void> {
  for (const part of [sweepDeliveries, sweepParked, sweepComments]) {
    if (signal.aborted) return;
    try {
      await part(ctx, signal);
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      ctx.logger.warn({ err: error, part: part.name }, 'the sweeper stops early');
    }
  }
}
