/** What other people do while the gate compares, and what an epoch's level is spent on. */
import { randomUUID } from 'node:crypto';
import { asc, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock.ts';
import type { OpenDatabase } from '../../../src/adapters/db/types.ts';
import type { Judge } from '../../../src/pipeline/judge/types.ts';
import { evaluations, gateReports, holdoutEpochs, snapshots } from '../../../src/schema/index.ts';
import { holdoutStore, modelStore } from '../../../src/store/index.ts';
import { putToGate } from '../../../src/tasks/learning/gate.ts';
import { promote, retract, rollBack } from '../../../src/tasks/learning/serve.ts';
import type { LearningContext } from '../../../src/tasks/learning/types.ts';
import { openTestDatabase } from '../../support/database.ts';
import { seedThreads } from '../../support/labelled.ts';
import { bareVerdict } from '../../support/verdict.ts';

let database: OpenDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
  await seedThreads(database.db, 200);
  await answer('base', hereAndThere);
});
afterAll(() => database.close());
beforeEach(async () => {
  meanwhile = async () => {};
  await database.db.execute(sql`truncate model_versions, channels, holdout_epochs, gate_reports cascade`);
});

/** Happens once, while a version is asked for the one decision that it has not answered yet. */
let meanwhile: (ctx: LearningContext) => Promise<void>;

/** Every label is for proposal 1. */
function judgeOf(version: { readonly name: string } | null): Judge {
  const name = version?.name ?? 'base';
  return {
    name,
    judge: async () => {
      const happens = meanwhile;
      if (version) meanwhile = async () => {};
      if (version) await happens(ctx);
      return bareVerdict(name, 1);
    },
  };
}

/** What a judge has answered before: all but the last of the decisions, so that it is asked once more. */
async function answer(model: string, isRight: (ordinal: number) => boolean): Promise<void> {
  const known = await database.db
    .select({ id: snapshots.id })
    .from(snapshots)
    .orderBy(asc(snapshots.issueId));
  const rows = known.slice(0, -1).map(({ id }, ordinal) => ({
    snapshotId: id,
    model,
    chosen: isRight(ordinal) ? 1 : 2,
    abstained: false,
    validFormat: true,
    grounded: true,
    durationMs: 1,
    judgedAt: new Date(),
  }));
  await database.db.insert(evaluations).values(rows);
}

const ctx: LearningContext = {
  get db() {
    return database.db;
  },
  clock: systemClock,
  learning: {
    codeVersion: 'test',
    measureAttacks: async () => ({ successes: 1, trials: 400 }),
    splitOf: () => 'holdout',
  },
  judges: { kind: 'embedded', open: judgeOf },
};

const everywhere = (_: number) => true;
const hereAndThere = (ordinal: number) => ordinal % 2 === 0;

/** Under a name that no other test uses: what a judge has answered stays. */
async function register(isRight = everywhere): Promise<modelStore.ModelVersion> {
  const id = randomUUID();
  const version = { id, name: `version-${id}`, kind: 'embedded' as const, base: 'hand', codeVersion: 'test' };
  await modelStore.insertModelVersion(database.db, { ...version, createdAt: new Date() });
  await answer(version.name, isRight);
  return modelStore.getModelVersion(database.db, id);
}

const stateOf = async ({ id }: modelStore.ModelVersion) =>
  (await modelStore.getModelVersion(database.db, id)).state;
const whoDecides = async () =>
  (await modelStore.servedOn(database.db, 'embedded', 'stable')).version?.name ?? null;

const options = { candidatesPerEpoch: 1 };

describe('a version that is retracted while it is being compared', () => {
  it('stays retracted and does not decide, though it would have won', async () => {
    const [fresh, twin] = [await register(), await register()];
    meanwhile = () => retract(ctx, fresh, { by: 'op', reason: 'leaks names' });
    await expect(putToGate(ctx, fresh, options)).rejects.toThrow(
      `${fresh.name} is retracted, not a candidate`,
    );
    expect(await stateOf(fresh)).toBe('retracted');
    expect(await whoDecides()).toBeNull();
    expect(await holdoutStore.latestGateReport(database.db, fresh.name)).toBeNull();
    expect((await putToGate(ctx, twin, options)).verdict).toBe('promote');
  });

  it('is not promoted by somebody who loaded it before', async () => {
    const fresh = await register();
    await retract(ctx, fresh, { by: 'op', reason: 'leaks names' });
    await expect(promote(ctx, fresh, 'op')).rejects.toThrow('was retracted: leaks names');
    expect(await whoDecides()).toBeNull();
  });
});

describe('a retraction', () => {
  it('marks the version and takes the channel from it, or does neither', async () => {
    const fresh = await register();
    await promote(ctx, fresh, 'op');
    const now = (): Date => {
      throw new Error('died here');
    };
    const broken = { ...ctx, clock: { ...systemClock, now } };
    await expect(retract(broken, fresh, { by: 'op', reason: 'bad data' })).rejects.toThrow('died here');
    expect(await stateOf(fresh)).toBe('promoted');
    await retract(ctx, fresh, { by: 'op', reason: 'bad data' });
    expect([await stateOf(fresh), await whoDecides()]).toEqual(['retracted', null]);
  });
});

describe("an epoch's level", () => {
  const noLook = '## Looks\n\nNone yet.';

  it('is spent by a look that gave no verdict: another candidate waits, and gets decisions of its own', async () => {
    const [first, second] = [await register(hereAndThere), await register()];
    const { verdict, report } = await putToGate(ctx, first, options);
    expect(verdict).toBe('wait');
    expect(report).toContain('1 of 1 candidates judged, 0 left');
    await expect(putToGate(ctx, second, options)).rejects.toThrow(
      `${first.name} waits there for its verdict`,
    );
    expect((await putToGate(ctx, first, options)).verdict).toBe('wait');
    await retract(ctx, first, { by: 'op', reason: 'too slow' });
    expect((await putToGate(ctx, second, options)).report).toContain(noLook);
  });

  it('is shared by as many as it was opened for', async () => {
    const [first, second, third] = [
      await register(hereAndThere),
      await register(hereAndThere),
      await register(),
    ];
    await putToGate(ctx, first, { candidatesPerEpoch: 2 });
    const { report } = await putToGate(ctx, second, { candidatesPerEpoch: 2 });
    expect(report).toContain('2 of 2 candidates judged, 0 left');
    await expect(putToGate(ctx, third, options)).rejects.toThrow('No level is left');
  });

  it('goes to one of two that are compared at the same time, in one epoch', async () => {
    const both = [await register(hereAndThere), await register(hereAndThere)];
    const outcomes = await Promise.allSettled(both.map((one) => putToGate(ctx, one, options)));
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await database.db.$count(holdoutEpochs)).toBe(1);
    expect(await database.db.$count(gateReports)).toBe(1);
  });

  it('does not promote against somebody who decides no more', async () => {
    const [fresh, byHand] = [await register(), await register()];
    meanwhile = () => promote(ctx, byHand, 'op');
    await expect(putToGate(ctx, fresh, options)).rejects.toThrow('nothing came of it');
    expect([await stateOf(fresh), await whoDecides()]).toEqual(['candidate', byHand.name]);
  });

  it.each([
    ['promotion by hand', async () => promote(ctx, await register(), 'op')],
    ['rollback', () => rollBack(ctx, 'embedded', 'op')],
  ])('ends with a %s: no look is taken twice against two incumbents', async (_, change) => {
    await promote(ctx, await register(), 'op');
    const fresh = await register(hereAndThere);
    expect((await putToGate(ctx, fresh, options)).report).toContain('| 200 |');
    await change();
    expect((await putToGate(ctx, fresh, options)).report).toContain(noLook);
  });
});
