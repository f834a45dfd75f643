import type { AppContext } from '../../ports.ts';
import { issueStore } from '../../store/index.ts';
import type { Outcome } from '../support/finish.ts';
import type { LaneCommand } from './work-command.ts';

export async function pause(ctx: AppContext, { row, issue }: LaneCommand): Promise<Outcome> {
  await issueStore.setIssuePaused(ctx.db, issue.id, { at: ctx.clock.now(), by: row.actorLogin });
  return { outcome: 'done', detail: 'paused' };
}

export async function resume(ctx: AppContext, { issue }: LaneCommand): Promise<Outcome> {
  await issueStore.setIssuePaused(ctx.db, issue.id, null);
  return { outcome: 'done', detail: issue.pausedAt ? 'resumed' : 'was not paused' };
}
