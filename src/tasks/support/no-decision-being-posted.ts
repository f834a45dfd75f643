import type { AppContext } from '../../ports.ts';
import { decisionStore } from '../../store/index.ts';
import { NotYetError } from './patience.ts';

/**
 * People see a decision as soon as GitHub has it; a lost answer or a crash can keep that from us for a while. What
 * they say about it meanwhile must not be held against an older decision, or against none.
 * @throws NotYetError while a decision of the issue is being written.
 */
export async function assertNoDecisionBeingPosted(ctx: AppContext, issueId: number): Promise<void> {
  if (await decisionStore.isDecisionBeingPosted(ctx.db, issueId)) {
    throw new NotYetError('it is not known yet whether the last decision stands on GitHub');
  }
}
