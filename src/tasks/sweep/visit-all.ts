import { GitHubError } from '../../errors.ts';
import type { AppContext } from '../../ports.ts';

/** After this many in a row without an answer GitHub is away for all. */
const MOST_UNANSWERED = 5;

/**
 * One after the other. What GitHub refuses for one is logged and keeps no other waiting; a limit or a suspension ends
 * the turn of that installation.
 * @throws GitHubError when GitHub does not answer any more.
 */
export async function visitAll<Item extends { readonly id: number; readonly installationId: number }>(
  ctx: AppContext,
  items: readonly Item[],
  signal: AbortSignal,
  visit: (item: Item) => Promise<void>,
): Promise<void> {
  const resting = new Set<number>();
  let unanswered = 0;
  for (const item of items) {
    if (signal.aborted) return;
    if (resting.has(item.installationId)) continue;
    try {
      await visit(item);
      unanswered = 0;
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      const { id, installationId } = item;
      ctx.logger.warn({ err: error, id, installation: installationId }, 'the sweeper goes on without it');
      if (error.failure === 'rate-limited' || error.failure === 'suspended') resting.add(installationId);
      unanswered = error.failure === 'unavailable' ? unanswered + 1 : 0;
      if (unanswered === MOST_UNANSWERED) throw error;
    }
  }
}
