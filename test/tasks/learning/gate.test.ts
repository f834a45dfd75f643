import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock.ts';
import type { OpenDatabase } from '../../../src/adapters/db/types.ts';
import { scriptedThreads } from '../../../src/bench/read/scripted-threads.ts';
import { learningParts } from '../../../src/cli/learning-parts.ts';
import { JudgeError } from '../../../src/errors.ts';
import { TRAINED_REASON_CLASSES } from '../../../src/pipeline/dataset/selection.ts';
import type { Judge, JudgeInput, Verdict } from '../../../src/pipeline/judge/types.ts';
import { holdoutStore, modelStore } from '../../../src/store/index.ts';
import { buildVersion } from '../../../src/tasks/dataset/build-version.ts';
import { putToGate } from '../../../src/tasks/learning/gate.ts';
import { promote, retract, rollBack } from '../../../src/tasks/learning/serve.ts';
import { createServingJudge } from '../../../src/tasks/learning/serving-judge.ts';
import { judgeInShadow } from '../../../src/tasks/learning/shadow.ts';
import type { LearningContext } from '../../../src/tasks/learning/types.ts';
import { openTestDatabase } from '../../support/database.ts';
import { distinctProposal, seedThread } from '../../support/labelled.ts';
import { bareVerdict } from '../../support/verdict.ts';

let database: OpenDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.execute(
    sql`truncate installations, dataset_versions, model_versions, channels, holdout_epochs, gate_reports cascade`,
  );
});

/** Right or wrong by the issue's number; every seeded label is for proposal 1. */
type Rule = (issue: number) => boolean;

function judgeThat(name: string, isRight: Rule): Judge {
  return {
    name,
    judge: async (input: JudgeInput): Promise<Verdict> => {
      return bareVerdict(name, isRight(input.issue.number) ? 1 : 2);
    },
  };
}

function contextOf(rules: Record<string, Rule>): LearningContext {
  return {
    db: database.db,
    clock: systemClock,
    learning: {
      ...learningParts(),
      splitOf: (_repository, issue) => (issue === NOT_HELD_OUT ? 'train' : 'holdout'),
    },
    judges: {
      kind: 'embedded',
      open: (version) => judgeThat(version?.name ?? 'base', rules[version?.name ?? 'base'] ?? (() => false)),
    },
  };
}

async function register(name: string): Promise<modelStore.ModelVersion> {
  const version = { id: randomUUID(), name, kind: 'embedded' as const, base: 'hand', codeVersion: 'test' };
  await modelStore.insertModelVersion(database.db, { ...version, createdAt: new Date() });
  const found = await modelStore.findModelVersion(database.db, name);
  if (!found) throw new Error('not stored');
  return found;
}

async function seed(from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number += 1) await seedThread(database.db, { number });
}

const options = { candidatesPerEpoch: 1 };
const NOT_HELD_OUT = 999;
const better: Rule = (issue) => issue % 5 !== 0;
const worse: Rule = (issue) => issue % 2 === 0;

describe('putToGate', () => {
  it('waits, goes on where it ended, promotes what chooses better, and closes the epoch', async () => {
    const ctx = contextOf({ base: worse, fresh: better });
    const fresh = await register('fresh');
    await seed(1, 150);
    const early = await putToGate(ctx, fresh, options);
    expect(early.verdict).toBe('wait');
    expect(early.report).toContain('50 more unexposed decisions are needed');
    await seed(151, 210);
    const late = await putToGate(ctx, fresh, options);
    expect(late.verdict).toBe('promote');
    expect(late.report).toContain('# Promote: fresh against base');
    expect(late.report).toContain('1 of 1 candidates judged, 0 left');
    expect(late.report).toContain('Level: 0.005 of 0.05 is spent.');
    expect(late.report).toMatch(
      /\| base \| 105 of 210 \| 50\.0 % \| 43\.3 % to 56\.7 % \| incumbent and base \|/,
    );
    const stored = await holdoutStore.latestGateReport(database.db, 'fresh');
    expect(stored?.figures.map(({ name }) => name)).toEqual(['accuracy', 'discordant', 'level']);
    for (const { name } of stored?.figures ?? []) expect(late.report).toContain(`![${name}](${name}.svg)`);
    expect((await modelStore.servedOn(database.db, 'embedded', 'stable')).version?.name).toBe('fresh');
    expect(await holdoutStore.openEpoch(database.db, 'embedded')).toBeNull();
    const serving = createServingJudge(database.db, ctx.judges);
    expect(
      (await serving.judge({ repository: 'a/b', issue: { number: 1, title: '', body: '' }, candidates: [] }))
        .model,
    ).toBe('fresh');
  }, 60_000);

  it('has the base judged beside candidate and incumbent once another one decides', async () => {
    const ctx = contextOf({ base: worse, fresh: better, next: better });
    await seed(1, 3);
    await promote(ctx, await register('fresh'), 'op');
    const { report } = await putToGate(ctx, await register('next'), options);
    expect(report).toMatch(
      /\| next \| 3 of 3 .*\| candidate \|\n\| fresh \| 3 of 3 .*\| incumbent \|\n\| base \| 1 of 3 .*\| base \|/,
    );
  });

  it('uses no decision in two epochs', async () => {
    const ctx = contextOf({ base: worse, fresh: better, next: better });
    await seed(1, 210);
    await putToGate(ctx, await register('fresh'), options);
    const next = await putToGate(ctx, await register('next'), options);
    // All 210 went to the first epoch, though its first look needed 200.
    expect(next.report).toContain('200 more unexposed decisions');
  }, 60_000);
});

describe('labels of the gate', () => {
  it('are unexposed, undisputed and of the holdout', async () => {
    const ctx = contextOf({ base: worse, fresh: better });
    await seed(1, 2);
    await seedThread(database.db, { number: NOT_HELD_OUT });
    await seedThread(database.db, { number: 4, label: { exposed: true } });
    await seedThread(database.db, { number: 5, label: { conflict: true } });
    const { report } = await putToGate(ctx, await register('fresh'), options);
    expect(report).toContain('| fresh | 2 of 2 |');
  });
});

describe('a held-out thread', () => {
  it('is not asked about when a version has trained on a near-copy of it', async () => {
    const ctx = contextOf({ base: worse, fresh: better });
    const copied = {
      proposals: [distinctProposal('cause'), distinctProposal('symptom')],
      body: distinctProposal('x'),
    };
    await seedThread(database.db, { number: NOT_HELD_OUT, ...copied });
    const { version } = await buildVersion(database.db, {
      permutations: 1,
      rules: { reasonClasses: TRAINED_REASON_CLASSES, minConfidence: 0 },
      operatorConsent: true,
      benchmarks: [],
      decontaminate: true,
      codeVersion: 'test',
      at: new Date(),
      splitOf: () => 'train',
    });
    expect(version.manifest.rows).toBe(1);
    // Labelled after the build, which would have kept the copy out.
    await seed(1, 2);
    await seedThread(database.db, { number: 3, ...copied });
    const { report } = await putToGate(ctx, await register('fresh'), options);
    expect(report).toContain('| fresh | 2 of 2 |');
  });
});

describe('an issue that was judged several times', () => {
  it('is one decision, and in no later epoch another one', async () => {
    const ctx = contextOf({ base: worse, fresh: better, next: better });
    await seed(1, 3);
    await seedThread(database.db, { number: 2, body: 'Judged again, after an edit.' });
    const { report } = await putToGate(ctx, await register('fresh'), options);
    expect(report).toContain('| fresh | 3 of 3 |');
    await promote(ctx, await register('other'), 'op');
    await seedThread(database.db, { number: 3, body: 'Judged again, in a dry run.' });
    await seed(4, 4);
    const next = await putToGate(ctx, await register('next'), options);
    expect(next.report).toContain('| next | 1 of 1 |');
  });

  it('counts once for the alarm', async () => {
    const ctx = contextOf({ base: worse, fresh: better });
    await promote(
      { ...ctx, clock: { ...systemClock, now: () => new Date(0) } },
      await register('fresh'),
      'op',
    );
    await seed(1, 3);
    await seedThread(database.db, { number: 3, body: 'Judged again, in a dry run.' });
    expect(await judgeInShadow(ctx)).toMatchObject({ decisions: 3, stableRight: 3, shadowRight: 1 });
  });
});

describe('guards', () => {
  it('keep a candidate that chooses better but writes worse', async () => {
    const ctx = contextOf({ base: worse, fresh: better });
    const measureAttacks = async (judge: Judge) => ({
      successes: judge.name === 'fresh' ? 40 : 1,
      trials: 400,
    });
    const attacked = { ...ctx, learning: { ...ctx.learning, measureAttacks } };
    await seed(1, 200);
    const fresh = await register('fresh');
    const { verdict, report } = await putToGate(attacked, fresh, options);
    expect(verdict).toBe('keep');
    expect(report).toContain('It chooses better, but is worse at: attacks.');
    expect((await modelStore.servedOn(database.db, 'embedded', 'stable')).version).toBeNull();
    await expect(putToGate(ctx, fresh, options)).rejects.toThrow('not a candidate');
  }, 60_000);

  it('keep a candidate that abstains always: where maintainers took none it is right, and it never chooses', async () => {
    const ctx = contextOf({ base: worse, fresh: worse });
    const open: LearningContext['judges']['open'] = (version) => {
      const judge = ctx.judges.open(version);
      if (version?.name !== 'fresh') return judge;
      const abstain = (verdict: Verdict): Verdict => ({ ...verdict, chosen: null, abstained: true });
      return { name: 'fresh', judge: async (input) => abstain(await judge.judge(input)) };
    };
    for (let number = 1; number <= 200; number += 1)
      await seedThread(database.db, { number, best: number % 5 === 0 ? null : 1 });
    const { verdict, report } = await putToGate(
      { ...ctx, judges: { ...ctx.judges, open } },
      await register('fresh'),
      options,
    );
    expect(report).toContain('| fresh | 120 of 200 |');
    expect(report).toContain('| base | 80 of 200 |');
    expect(report).toContain('It chooses better, but is worse at: abstention.');
    expect(verdict).toBe('keep');
  }, 60_000);
});

describe('a candidate that cannot answer', () => {
  /** Everybody but this one answers by the rules. */
  function withFailing(name: string, error: Error, fails: (input: JudgeInput) => boolean = () => true) {
    const ctx = contextOf({ base: worse, fresh: better });
    const open: LearningContext['judges']['open'] = (version) => {
      const judge = ctx.judges.open(version);
      if (judge.name !== name) return judge;
      return { name, judge: (input) => (fails(input) ? Promise.reject(error) : judge.judge(input)) };
    };
    return { ...ctx, judges: { ...ctx.judges, open } };
  }
  const attacked = new Set(scriptedThreads().map(({ repository }) => repository));
  const isAttacked = ({ repository }: JudgeInput) => attacked.has(repository);
  const garbage = new JudgeError('3 of 3 votes had answers that could not be used.', 'Check the model.', {
    retryable: false,
    garbled: true,
  });

  it('gets wrong what it answers with garbage, and is rejected; who decides goes on', async () => {
    await seed(1, 400);
    const fresh = await register('fresh');
    const { verdict, report } = await putToGate(withFailing('fresh', garbage), fresh, options);
    expect(verdict).toBe('keep');
    expect(report).toContain('| fresh | 0 of 400 |');
    expect(report).toMatch(/\| format \| .* \| 0\.0 % \| 100\.0 % \| .* \| failed \|/);
    expect((await modelStore.findModelVersion(database.db, 'fresh'))?.state).toBe('rejected');
    expect((await modelStore.servedOn(database.db, 'embedded', 'stable')).version).toBeNull();
  }, 60_000);

  it('waits while the servers are down that the guards ask, and is rejected when attacks garble what it answers', async () => {
    await seed(1, 200);
    const fresh = await register('fresh');
    const outage = new JudgeError('its servers are down', 'Start it.', { retryable: true });
    for (const name of ['fresh', 'base']) {
      await expect(putToGate(withFailing(name, outage, isAttacked), fresh, options)).rejects.toBe(outage);
      expect((await modelStore.findModelVersion(database.db, 'fresh'))?.state).toBe('candidate');
    }
    const { verdict, report } = await putToGate(withFailing('fresh', garbage, isAttacked), fresh, options);
    expect(verdict).toBe('keep');
    expect(report).toContain('It chooses better, but is worse at: attacks.');
    expect((await modelStore.findModelVersion(database.db, 'fresh'))?.state).toBe('rejected');
  }, 60_000);

  it.each([
    ['its servers are down', true],
    ['its servers do not know it', false],
  ])('keeps its turn while %s', async (message, retryable) => {
    const ctx = withFailing('fresh', new JudgeError(message, 'Start it.', { retryable }));
    await seed(1, 1);
    const fresh = await register('fresh');
    await expect(putToGate(ctx, fresh, options)).rejects.toThrow(message);
    expect((await modelStore.findModelVersion(database.db, 'fresh'))?.state).toBe('candidate');
    expect(await holdoutStore.latestGateReport(database.db, 'fresh')).toBeNull();
  });
});

describe('SWE-Lancer Manager', () => {
  const scored = (right: number, earned: number) => ({ right, tasks: 265, earned, offered: 1_000 });

  it('is stated as not checked where the operator has not got the file', async () => {
    await seed(1, 200);
    const { verdict, report } = await putToGate(
      contextOf({ base: worse, fresh: better }),
      await register('fresh'),
      options,
    );
    expect(verdict).toBe('promote');
    expect(report).toContain('SWE-Lancer Manager was not checked: SWE_LANCER_FILE is not set.');
  }, 60_000);

  it.each([
    ['stops a candidate that may be more than 10 points worse', 130, 900, 'keep'],
    ['lets pass one that is as good, whatever it earns', 141, 1, 'promote'],
  ])(
    '%s',
    async (_, right, earned, expected) => {
      const ctx = contextOf({ base: worse, fresh: better });
      const measureSweLancer = async ({ name }: Judge) =>
        name === 'fresh' ? scored(right, earned) : scored(141, 577.5);
      await seed(1, 200);
      const { verdict, report } = await putToGate(
        { ...ctx, learning: { ...ctx.learning, measureSweLancer } },
        await register('fresh'),
        options,
      );
      expect(verdict).toBe(expected);
      expect(report).toContain(
        `the candidate ${right} of 265 tasks, earn rate ${(earned / 10).toFixed(1)} %; the incumbent 141 of 265 tasks, earn rate 57.8 %`,
      );
      if (verdict === 'keep') expect(report).toContain('It chooses better, but is worse at: swe-lancer.');
    },
    60_000,
  );
});

describe('channels', () => {
  it('roll back step by step, skip what was retracted, and end at the configuration', async () => {
    const ctx = contextOf({});
    const [one, two, three] = [await register('one'), await register('two'), await register('three')];
    for (const version of [one, two, three]) await promote(ctx, version, 'op');
    expect((await modelStore.servedOn(database.db, 'embedded', 'shadow')).version?.name).toBe('two');
    await retract(ctx, two, { by: 'op', reason: 'bad data' });
    expect(await rollBack(ctx, 'embedded', 'op')).toBe('one');
    expect(await rollBack(ctx, 'embedded', 'op')).toBeNull();
    await expect(rollBack(ctx, 'embedded', 'op')).rejects.toThrow('No version decides');
    await expect(promote(ctx, two, 'op')).rejects.toThrow('was retracted: bad data');
  });

  it('retracting who decides rolls back', async () => {
    const ctx = contextOf({});
    const [one, two] = [await register('one'), await register('two')];
    await promote(ctx, one, 'op');
    await promote(ctx, two, 'op');
    await retract(ctx, two, { by: 'op', reason: 'leaks names' });
    expect((await modelStore.servedOn(database.db, 'embedded', 'stable')).version?.name).toBe('one');
  });
});
