/** /readyz tells the truth: about the database, its tables, and a process that is stopping. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWorld, type World } from './world.ts';

let world: World;
let closed = false;
beforeEach(async () => {
  closed = false;
  world = await openWorld();
});
afterEach(async () => {
  if (!closed) await world.close();
});

const ready = async () => {
  const response = await fetch(`${world.app.url}/readyz`);
  return { status: response.status, text: (await response.text()).trim() };
};

it('is ready while the database answers and has its tables', async () => {
  expect(await ready()).toEqual({ status: 200, text: 'ready' });
});

it('is not ready while migrations are missing', async () => {
  const { db } = world.app.ctx;
  await db.execute('update drizzle.__drizzle_migrations set created_at = created_at - 1000000000000');
  expect(await ready()).toEqual({ status: 503, text: "the database lacks this version's tables" });
  await db.execute('update drizzle.__drizzle_migrations set created_at = created_at + 1000000000000');
  expect((await ready()).status).toBe(200);
});

it('is not ready while the database refuses, and says no more than that', async () => {
  const { db } = world.app.ctx;
  await db.execute('alter schema drizzle rename to away');
  expect(await ready()).toEqual({ status: 503, text: 'the database cannot be reached' });
  await db.execute('alter schema away rename to drizzle');
});

it('takes nothing more once it is stopping, and ends', async () => {
  const url = `${world.app.url}/readyz`;
  await world.close();
  closed = true;
  await expect(fetch(url)).rejects.toThrow();
});

it('takes no job any more while a round under way holds up its end', async () => {
  await world.close();
  world = await openWorld({ config: { sweepMs: 300 } });
  const { ctx } = world.app;
  let taken = 0;
  await ctx.jobs.work('maintenance', { concurrency: 1 }, async () => {
    taken += 1;
  });
  // The sweeper's turn waits for GitHub while a job comes due.
  const path = '/app/hook/deliveries';
  world.github.failAt({ path }, { kind: 'slow', ms: 3_000 });
  const isWaiting = () => world.github.state.audit.find({ path }).some(({ fault }) => fault === 'slow');
  await expect.poll(isWaiting, { timeout: 15_000 }).toBe(true);
  await ctx.jobs.send('maintenance', {}, { startAfterSeconds: 1 });
  await world.close();
  closed = true;
  expect(taken).toBe(0);
});
