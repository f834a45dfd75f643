/** One comment that is wanted, and applied when a test says so: nobody is woken for it. */
import type { Issue } from '../../../src/sandbox/github/index.ts';
import { effectStore, issueStore } from '../../../src/store/index.ts';
import { applyEffect, type Effect } from '../../../src/tasks/outbox/apply-effect.ts';
import type { Gate } from '../../../src/tasks/outbox/gate.ts';
import { commentKey, wantComment } from '../../../src/tasks/support/want.ts';
import { openWorld, type World } from '../../e2e/world.ts';

export const openQuietWorld = (): Promise<World> =>
  openWorld({ config: { sweepMs: 86_400_000, lookAroundMs: 86_400_000 } });

export interface OneEffect {
  readonly issue: Issue;
  row(): Promise<Effect>;
  apply(gate: Gate, asRead?: Effect): Promise<void>;
  change(to: Parameters<typeof effectStore.updateEffect>[2]): Promise<void>;
}

export async function wantOne(world: World): Promise<OneEffect> {
  const { ctx } = world.app;
  const issue = world.newIssue();
  await world.settle(issue);
  const located = await issueStore.getIssue(ctx.db, issue.id);
  if (!located) throw new Error('the issue is not known');
  const quiet = { ...ctx, jobs: { ...ctx.jobs, send: async () => {} } };
  const id = `notice-${issue.id}`;
  await wantComment(quiet, ctx.db, located, { kind: 'notice', id, body: 'Once.' });
  const row = async (): Promise<Effect> => {
    const effect = await effectStore.findEffect(ctx.db, commentKey('notice', id));
    if (!effect) throw new Error('no effect');
    return effect;
  };
  return {
    issue,
    row,
    apply: async (gate, asRead) => applyEffect(ctx, asRead ?? (await row()), gate),
    change: async (to) => effectStore.updateEffect(ctx.db, (await row()).id, to),
  };
}
