/** A reaction that is given, and taken back when it is no longer what a command deserves. */
import { expect, it } from 'vitest';
import { effectStore, issueStore } from '../../../src/store/index.ts';
import { applyEffect, type Effect } from '../../../src/tasks/outbox/apply-effect.ts';
import type { Gate } from '../../../src/tasks/outbox/gate.ts';
import { unwantReaction, wantReaction } from '../../../src/tasks/support/want.ts';
import { openQuietWorld } from './one-effect.ts';

it('is taken back also when that was wanted while it was on its way', async () => {
  const world = await openQuietWorld();
  try {
    const { ctx } = world.app;
    const issue = world.newIssue();
    const comment = world.say(issue, 'rob', 'Any news?');
    await world.settle(issue);
    const located = await issueStore.getIssue(ctx.db, issue.id);
    if (!located) throw new Error('the issue is not known');
    const quiet = { ...ctx, jobs: { ...ctx.jobs, send: async () => {} } };
    const row = async (): Promise<Effect> => {
      const key = `reaction:${located.repositoryId}:${comment.id}:confused`;
      const effect = await effectStore.findEffect(ctx.db, key);
      if (!effect) throw new Error('no effect');
      return effect;
    };
    const open: Gate = (_what, send) => send(AbortSignal.timeout(5_000));
    const overtaken: Gate = async (_what, send) => {
      await unwantReaction(quiet, ctx.db, located, comment.id, 'confused');
      return send(AbortSignal.timeout(5_000));
    };

    await unwantReaction(quiet, ctx.db, located, comment.id, 'confused');
    await wantReaction(quiet, ctx.db, located, comment.id, 'confused');
    await applyEffect(ctx, await row(), overtaken);
    expect(world.reactionsOn(comment)).toEqual(['confused']);
    expect((await row()).state).toBe('pending');
    await applyEffect(ctx, await row(), open);
    expect(world.reactionsOn(comment)).toEqual([]);
    expect(await row()).toMatchObject({ state: 'done', githubId: null });
  } finally {
    await world.close();
  }
});
