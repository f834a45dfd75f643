import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OpenDatabase } from '../../../src/adapters/db/types.ts';
import { SWE_LANCER } from '../../../src/pipeline/dataset/benchmarks.ts';
import { splitOf } from '../../../src/pipeline/dataset/holdout.ts';
import { TRAINED_REASON_CLASSES } from '../../../src/pipeline/dataset/selection.ts';
import {
  contaminationMarks,
  datasetRows,
  datasetVersions,
  installations,
  labels,
  modelVersions,
  repositories,
  snapshots,
} from '../../../src/schema/index.ts';
import { datasetVersionStore, taughtModelStore } from '../../../src/store/index.ts';
import { type BuildOptions, buildVersion } from '../../../src/tasks/dataset/build-version.ts';
import { type ExportOptions, exportVersion } from '../../../src/tasks/dataset/export-version.ts';
import { traceRow } from '../../../src/tasks/dataset/trace-row.ts';
import { verifyVersion } from '../../../src/tasks/dataset/verify-version.ts';
import { openTestDatabase } from '../../support/database.ts';
import { distinctProposal, type Seeded, seedThread } from '../../support/labelled.ts';

let database: OpenDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.execute(sql`truncate installations, dataset_versions cascade`);
});

const build = (change: Partial<BuildOptions> = {}) =>
  buildVersion(database.db, {
    permutations: 2,
    rules: { reasonClasses: TRAINED_REASON_CLASSES, minConfidence: 0 },
    operatorConsent: true,
    benchmarks: [SWE_LANCER],
    decontaminate: true,
    codeVersion: 'test',
    at: new Date('2026-04-01T00:00:00Z'),
    ...change,
  });

/** Issue numbers of repository 900 in that split, smallest first. */
function numbersIn(split: 'train' | 'holdout', count: number): number[] {
  const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
  return numbers.filter((number) => splitOf(900, number) === split).slice(0, count);
}

async function linesOf(
  version: datasetVersionStore.DatasetVersion,
  selection: Partial<ExportOptions> = {},
): Promise<Record<string, unknown>[]> {
  const texts: string[] = [];
  const all = { format: 'sft', split: 'train', targets: null, operatorConsent: true, ...selection } as const;
  for await (const { text } of exportVersion(database.db, version, all)) texts.push(text);
  return texts
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('buildVersion', () => {
  it('keeps all orders of a thread in the split of its issue', async () => {
    const { db } = database;
    const numbers = [...numbersIn('train', 3), ...numbersIn('holdout', 2)];
    for (const number of numbers) await seedThread(db, { number });
    const { version } = await build();
    expect(version.manifest).toMatchObject({
      version: 1,
      rows: 10,
      snapshots: 5,
      splits: { train: { rows: 6, snapshots: 3 }, holdout: { rows: 4, snapshots: 2 } },
      counts: { reasonClass: { technical: 5 }, exposure: { exposed: 0, unexposed: 5 } },
      contaminated: false,
      leftOut: {},
    });
    expect(await linesOf(version)).toHaveLength(6);
    expect(await linesOf(version, { split: 'holdout' })).toHaveLength(4);
    expect(version.card).toContain('pretty_name: SWE-Manager decisions, version 1');
    expect(await verifyVersion(db, version)).toEqual({
      rows: 10,
      erased: 0,
      changed: [],
      misplaced: [],
      complete: true,
    });
  });

  it('writes the three formats in the contract of the rows', async () => {
    const { db } = database;
    const [first = 0, second = 0] = numbersIn('train', 2);
    await seedThread(db, {
      number: first,
      decided: { chosen: 2, judge: 'model', thinking: 'Proposal 1 it is.' },
    });
    await seedThread(db, { number: second });
    const { version } = await build();
    const [sft] = await linesOf(version);
    expect(sft?.messages).toMatchObject([{ role: 'system' }, { role: 'user' }, { role: 'assistant' }]);
    expect(sft).toMatchObject({
      dataset_version: 1,
      weight: 0.8,
      reason_class: 'technical',
      contaminated: false,
    });
    const [grpo] = await linesOf(version, { format: 'grpo' });
    expect(grpo?.messages).toMatchObject([{ role: 'system' }, { role: 'user' }]);
    const pairs = await linesOf(version, { format: 'dpo' });
    expect(pairs).toHaveLength(2);
    for (const pair of pairs) {
      const rejected = JSON.parse(String(pair.rejected_response)) as { best_proposal_id: number };
      expect(rejected.best_proposal_id).not.toBe(pair.best_proposal_id);
    }
    const remapped = ['answer', 'output', 'text', 'content', 'solution', 'prompt'];
    expect(Object.keys({ ...sft, ...grpo, ...pairs[0] }).filter((key) => remapped.includes(key))).toEqual([]);
    expect(await linesOf(version, { targets: ['distilled'] })).toEqual([]);
  });

  it('exports nothing of a repository whose consent does not hold any more, and stays whole', async () => {
    const { db } = database;
    const [first = 0] = numbersIn('train', 1);
    const other = Array.from({ length: 60 }, (_, index) => index + 1).find(
      (number) => splitOf(901, number) === 'train',
    );
    await seedThread(db, { number: first });
    const config = { training: { consent: true } };
    await seedThread(db, { number: other ?? 0, repository: { id: 901, name: 'others', config } });
    const { version } = await build();
    const exported = async (operatorConsent = true) => (await linesOf(version, { operatorConsent })).length;
    expect([await exported(), await exported(false)]).toEqual([4, 2]);
    const others = (change: Partial<typeof repositories.$inferInsert>) =>
      db.update(repositories).set(change).where(eq(repositories.id, 901));
    await others({ config: { training: { consent: false } } });
    expect([await exported(), await exported(false)]).toEqual([2, 0]);
    await others({ config: null, configProblems: ['The YAML is broken.'] });
    expect(await exported()).toBe(2);
    await others({ configProblems: null });
    expect(await exported()).toBe(4);
    await others({ isPrivate: true });
    expect(await exported()).toBe(2);
    await db.update(installations).set({ trainingConsent: false });
    expect(await exported()).toBe(0);
    expect(await verifyVersion(db, version)).toMatchObject({
      rows: 4,
      erased: 0,
      changed: [],
      complete: true,
    });
  });

  it('makes no new version while nothing changed, and one when a label changes', async () => {
    const { db } = database;
    const seeded = await seedThread(db, { number: 1 });
    const first = await build();
    const again = await build({ at: new Date('2026-05-01T00:00:00Z') });
    expect([first.unchanged, again.unchanged, again.version.number]).toEqual([false, true, 1]);
    await db.update(labels).set({ confidence: 0.9 }).where(eq(labels.id, seeded.labelId));
    expect((await build()).version.number).toBe(2);
    const old = await datasetVersionStore.findVersion(db, 1);
    expect(old && (await linesOf(old, { split: splitOf(900, 1) })).map(({ weight }) => weight)).toEqual([
      0.8, 0.8,
    ]);
    expect(await db.$count(datasetVersions)).toBe(2);
  });

  it('leaves no half version behind when it fails', async () => {
    const { db } = database;
    await seedThread(db, { number: 1 });
    const stop = AbortSignal.abort(new Error('stopped'));
    await expect(build({ signal: stop })).rejects.toThrow('stopped');
    expect(await db.$count(datasetVersions)).toBe(0);
    expect(await db.$count(datasetRows)).toBe(0);
  });

  it('counts why threads are left out', async () => {
    const { db } = database;
    const repository = (id: number, rest: object) => ({ id, name: `r${id}`, ...rest });
    await seedThread(db, { number: 1, label: { reasonClass: 'priority' } });
    await seedThread(db, { number: 2, label: { conflict: true, confidence: 0.4 } });
    await seedThread(db, { number: 3, proposals: [] });
    await seedThread(db, { number: 4, best: 7 });
    await seedThread(db, { number: 5, repository: repository(901, { isPrivate: true }) });
    await seedThread(db, {
      number: 6,
      repository: repository(902, { config: { training: { consent: false } } }),
    });
    await seedThread(db, { number: 9, repository: repository(905, { configProblems: ['It is broken.'] }) });
    await seedThread(db, { number: 7, repository: repository(903, { owner: 'Expensify', name: 'App' }) });
    await seedThread(db, {
      number: 8,
      repository: repository(904, { isPrivate: true, config: { training: { consent: true } } }),
    });
    const { manifest } = (await build()).version;
    expect(manifest.leftOut).toEqual({
      'reason-class': 1,
      contradictory: 1,
      'no-proposals': 1,
      'no-target': 1,
      'no-consent': 3,
      benchmark: 1,
    });
    expect(manifest.snapshots).toBe(1);
    expect(await db.select().from(contaminationMarks)).toMatchObject([
      { benchmark: 'SWE-Lancer', rule: 'range' },
    ]);
  });

  it('marks the version and every row when it is not decontaminated', async () => {
    const { db } = database;
    await seedThread(db, { number: 7, repository: { id: 903, owner: 'Expensify', name: 'App' } });
    const { version } = await build({ decontaminate: false });
    expect(version.manifest).toMatchObject({ contaminated: true, rows: 2 });
    const lines = await linesOf(version, { split: splitOf(903, 7) });
    expect(lines.map(({ contaminated }) => contaminated)).toEqual([true, true]);
    expect(version.card).toContain('Training refuses it');
  });

  it('takes the same texts of an issue once, and rather the answer that ours could not have swayed', async () => {
    const { db } = database;
    await seedThread(db, { number: 1, label: { exposed: true } });
    const unexposed = await seedThread(db, { number: 1 });
    await seedThread(db, { number: 1 });
    const { version } = await build({ permutations: 1 });
    expect(version.manifest).toMatchObject({ snapshots: 1, leftOut: { 'repeated-snapshot': 2 } });
    const kept = await db.select({ exposed: datasetRows.exposed }).from(datasetRows);
    expect(kept).toEqual([{ exposed: false }]);
    expect(unexposed.labelId).toBeDefined();
  });

  it('lets no near-duplicate cross the holdout', async () => {
    const { db } = database;
    const body = distinctProposal('copied').repeat(4);
    const [trained = 0, fresh = 0] = numbersIn('train', 2);
    const [held = 0] = numbersIn('holdout', 1);
    await seedThread(db, { number: trained, body });
    const before = await build();
    expect(before.version.manifest.splits.train.snapshots).toBe(1);
    // The first was trained on already, so the held-out copy of it is no fair question any more.
    const copy = await seedThread(db, { number: held, body });
    expect((await build()).version.manifest).toMatchObject({
      splits: { train: { snapshots: 1 }, holdout: { snapshots: 0 } },
      leftOut: { 'near-duplicate': 1 },
    });
    await db.delete(datasetVersions);
    // Nothing was trained: the holdout stays, and both copies of it go.
    await seedThread(db, { number: fresh, body });
    const after = (await build()).version;
    expect(after.manifest).toMatchObject({
      splits: { train: { snapshots: 0 }, holdout: { snapshots: 1 } },
      leftOut: { 'near-duplicate': 2 },
    });
    const [row] = await db.select().from(datasetRows);
    expect(row?.snapshotId).toBe(copy.snapshotId);
  });

  it('traces a row back to every signal behind its label', async () => {
    const { db } = database;
    const seeded = await seedThread(db, {
      number: 1,
      reason: 'It explains the flicker.',
      decided: { chosen: 1 },
    });
    const { version } = await build();
    const [line] = await linesOf(version, { split: splitOf(900, 1) });
    const trace = await traceRow(db, version.id, String(line?.id));
    expect(trace).toMatchObject({
      repository: 'acme/widgets',
      issue: 1,
      snapshot: { id: seeded.snapshotId },
      label: { id: seeded.labelId },
      signals: [{ id: seeded.signalId, actorLogin: 'mia', reason: 'It explains the flicker.' }],
      decision: { id: seeded.decisionId },
    });
    expect(line?.provenance).toMatchObject({ label: seeded.labelId, signals: [seeded.signalId] });
    expect(await traceRow(db, version.id, 'nothing')).toBeNull();
  });

  it('masks secrets and personal data and counts them', async () => {
    const { db } = database;
    await seedThread(db, { number: 1, body: `Log in as ann@lee.dev. ${distinctProposal('x')}` });
    const { version } = await build();
    expect(version.manifest.redactions).toEqual({ email: 1 });
    expect(JSON.stringify(await linesOf(version, { split: splitOf(900, 1) }))).not.toContain('ann@lee.dev');
  });

  it('holds nothing of a snapshot that was erased while it was built', async () => {
    const { db } = database;
    const seeded = await seedThread(db, { number: 1 });
    const erase = () =>
      db.update(snapshots).set({ erasedAt: new Date() }).where(eq(snapshots.id, seeded.snapshotId)).execute();
    const erased: Promise<unknown>[] = [];
    // The second reading has the texts in its hands when they are erased.
    const onProgress = (done: number) => {
      if (done === 2) erased.push(erase());
    };
    const { version } = await build({ onProgress });
    await Promise.all(erased);
    expect(erased).toHaveLength(1);
    expect(version.manifest.rows).toBe(2);
    expect(await linesOf(version, { split: splitOf(900, 1) })).toEqual([]);
    expect(await verifyVersion(db, version)).toMatchObject({ erased: 2, changed: [], complete: true });
  });
});

describe('modelsTaughtErasedRows', () => {
  it('names the models that were trained on rows erased since', async () => {
    const { db } = database;
    const [number = 0] = numbersIn('train', 1);
    const seeded = await seedThread(db, { number });
    const { version } = await build();
    await registerModel({ name: 'judge-1', datasetVersionId: version.id });
    expect(await taughtModelStore.modelsTaughtErasedRows(db)).toEqual([]);
    await eraseRows(seeded, new Date());
    expect(await taughtModelStore.modelsTaughtErasedRows(db)).toEqual([
      { model: 'judge-1', state: 'candidate', datasetVersion: 1, erasedRows: 2 },
    ]);
  });

  it('follows what they were built upon, and leaves out those that were trained after the erasure', async () => {
    const { db } = database;
    const [first = 0, second = 0] = numbersIn('train', 2);
    const seeded = await seedThread(db, { number: first });
    const before = (await build()).version.id;
    await seedThread(db, { number: second });
    const after = (await build()).version.id;
    const model = (name: string, day: number, rest: Partial<typeof modelVersions.$inferInsert>) =>
      registerModel({ name, createdAt: new Date(Date.UTC(2026, 4, day)), ...rest });
    await model('sft', 1, { datasetVersionId: before, path: '/models/sft' });
    await eraseRows(seeded, new Date(Date.UTC(2026, 4, 2)));
    await model('dapo', 3, { datasetVersionId: after, base: '/models/sft' });
    await model('dapo-of-dapo', 4, { datasetVersionId: after, base: 'dapo' });
    await model('fresh', 3, { datasetVersionId: before });
    const taught = { state: 'candidate', datasetVersion: 1, erasedRows: 2 };
    expect(await taughtModelStore.modelsTaughtErasedRows(db)).toEqual([
      { model: 'dapo', ...taught },
      { model: 'dapo-of-dapo', ...taught },
      { model: 'sft', ...taught },
    ]);
  });

  async function registerModel(given: Partial<typeof modelVersions.$inferInsert> & { name: string }) {
    const made = {
      kind: 'model',
      base: 'Qwen/Qwen3-8B',
      codeVersion: 'test',
      createdAt: new Date(),
    } as const;
    await database.db.insert(modelVersions).values({ id: randomUUID(), ...made, ...given });
  }

  async function eraseRows({ snapshotId }: Seeded, erasedAt: Date) {
    await database.db
      .update(datasetRows)
      .set({ ...datasetVersionStore.NO_TEXT, erasedAt })
      .where(eq(datasetRows.snapshotId, snapshotId));
  }
});

describe('verifyVersion', () => {
  it('sees a changed row, a missing one and one in the wrong split', async () => {
    const { db } = database;
    const [number = 0] = numbersIn('train', 1);
    await seedThread(db, { number });
    const { version } = await build();
    await db.update(datasetRows).set({ columns: '"id":"forged"' }).where(eq(datasetRows.ordinal, 0));
    await db.update(datasetRows).set({ split: 'holdout' }).where(eq(datasetRows.ordinal, 1));
    const found = await verifyVersion(db, version);
    expect(found.changed).toHaveLength(1);
    expect(found.misplaced).toHaveLength(1);
    await db.execute(sql`delete from dataset_rows where ordinal = 1`);
    expect((await verifyVersion(db, version)).complete).toBe(false);
  });
});
