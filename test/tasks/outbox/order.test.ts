/** What is written first when a lot waits. */
import { asc, eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { effects, writes } from '../../../src/schema/index.ts';
import { issueStore } from '../../../src/store/index.ts';
import { wantComment, wantReaction } from '../../../src/tasks/support/want.ts';
import { writeEffects } from '../../../src/tasks/write-effects.ts';
import { openQuietWorld } from './one-effect.ts';

it('decisions and 👀 go first by age, then the other reactions, then the rest', async () => {
  const world = await openQuietWorld();
  try {
    const { ctx } = world.app;
    const issue = world.newIssue();
    const { id: on } = world.say(issue, 'rob', 'Any news?');
    await world.settle(issue);
    const located = await issueStore.getIssue(ctx.db, issue.id);
    if (!located) throw new Error('the issue is not known');
    // Nobody is woken before all of it waits.
    const quiet = { ...ctx, jobs: { ...ctx.jobs, send: async () => {} } };
    const comment = (kind: 'notice' | 'decision', id: string, unhurried = false) =>
      wantComment(quiet, ctx.db, located, { kind, id, body: id, unhurried });
    const wishes = [
      () => comment('notice', 'rest'),
      () => wantReaction(quiet, ctx.db, located, on, 'rocket'),
      () => comment('decision', 'unhurried', true),
      () => comment('decision', 'first'),
      () => wantReaction(quiet, ctx.db, located, on, 'eyes'),
      () => comment('decision', 'second'),
    ];
    for (const wish of wishes) {
      await wish();
      await ctx.clock.sleep(2); // Ages are told by the database's clock.
    }
    const { installationId } = located;
    await writeEffects(quiet, { installationId }, { signal: new AbortController().signal });

    const sent = await ctx.db
      .select({ key: effects.key })
      .from(writes)
      .innerJoin(effects, eq(writes.effectId, effects.id))
      .orderBy(asc(writes.id));
    expect(sent.map(({ key }) => key.split(':').at(-1))).toEqual([
      'first',
      'eyes',
      'second',
      'rocket',
      'rest',
      'unhurried',
    ]);
  } finally {
    await world.close();
  }
});
