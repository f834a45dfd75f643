/** `swe-manager models` over a database with two versions that answered the same snapshots. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { openStore } from '../../src/context.ts';
import type { Db } from '../../src/ports.ts';
import { holdoutStore, modelStore } from '../../src/store/index.ts';
import { type Ended, runCommand } from '../support/cli.ts';
import { seedThread } from '../support/labelled.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swe-manager-models-'));
  const store = await openStore(loadConfig({ SWE_MANAGER_DATA_DIR: folder }));
  try {
    await seed(store.db);
    await seedReport(store.db);
  } finally {
    await store.close();
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function seed(db: Db): Promise<void> {
  for (const name of ['old', 'new', 'silent']) {
    const version = { id: randomUUID(), name, kind: 'embedded' as const, base: 'hand', codeVersion: 'test' };
    await modelStore.insertModelVersion(db, { ...version, createdAt: new Date() });
  }
  const answers: [number, number][] = [
    [1, 1],
    [1, 2],
    [2, 1],
  ];
  for (const [index, [old, fresh]] of answers.entries()) {
    const { snapshotId } = await seedThread(db, { number: index + 1 });
    const common = { snapshotId, abstained: false, validFormat: true, grounded: true, durationMs: 1 };
    for (const [model, chosen] of [
      ['old', old],
      ['new', fresh],
      ['base', 1],
    ] as const) {
      await holdoutStore.recordEvaluation(db, { ...common, model, chosen, judgedAt: new Date() });
    }
  }
}

async function seedReport(db: Db): Promise<void> {
  const { id: epochId } = await holdoutStore.insertEpoch(db, {
    kind: 'embedded',
    candidates: 1,
    openedAt: new Date(),
  });
  const said = { verdict: 'keep' as const, failedGuards: [], decisions: 400, at: new Date() };
  await holdoutStore.insertGateReport(db, {
    id: randomUUID(),
    epochId,
    candidate: 'new',
    incumbent: 'old',
    report: '# Keep\n\n![accuracy](accuracy.svg)\n',
    figures: [{ name: 'accuracy', caption: 'How often', svg: '<svg/>\n' }],
    ...said,
  });
}

function models(...args: string[]): Promise<Ended> {
  const env = { DATABASE_URL: '', SWE_MANAGER_DATA_DIR: folder, INFERENCE_URL: '' };
  return runCommand(['models', ...args], env);
}

describe('swe-manager models diff', () => {
  it('shows what changed, who chose what, and who was right, losses first', async () => {
    const { code, stdout, stderr } = await models('diff', 'old', 'new');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Both answered 3 snapshots and differ on 2:');
    expect(stdout.slice(stdout.indexOf('acme'))).toBe(
      `acme/widgets#2  Thing 2 breaks  (2 proposals)
  ✓ old: proposal 1
  ✗ new: proposal 2
    the maintainers: proposal 1 (technical, unexposed, confidence 0.80)

acme/widgets#3  Thing 3 breaks  (2 proposals)
  ✗ old: proposal 2
  ✓ new: proposal 1
    the maintainers: proposal 1 (technical, unexposed, confidence 0.80)
`,
    );
  });

  it('prints no more than asked for, and says how many are left', async () => {
    const { stdout } = await models('diff', 'old', 'new', '--limit', '1');
    expect(stdout).toContain('acme/widgets#2');
    expect(stdout).not.toContain('acme/widgets#3');
    expect(stdout).toContain('… and 1 more: --limit 2, or --json.');
  });

  it('knows the judge that no version stands for, and prints JSON', async () => {
    const { code, stdout } = await models('diff', 'base', 'new', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      a: 'base',
      b: 'new',
      shared: 3,
      counts: { a: 1, b: 0 },
      disagreements: [
        { repository: 'acme/widgets', issue: 2, right: 'a', label: { reasonClass: 'technical' } },
      ],
    });
  });

  it.each([
    [['old', 'nobody'], /There is no model version nobody\. There are: base, new, old, silent\./],
    [['old', 'silent'], /old and silent have answered no snapshot in common\. Put one of them to the gate/],
    [['old', 'old'], /old does not differ from itself/],
    [['old', 'new', '--limit', '0'], /must be a whole number, 1 or more/],
  ])('refuses %j', async (args, problem) => {
    const ended = await models('diff', ...args);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(problem);
  });
});

describe('swe-manager models report', () => {
  it('writes the report beside its figures', async () => {
    const out = join(folder, 'report');
    const { code, stdout } = await models('report', 'new', '--out', out);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(out, 'report.md')}\n` });
    expect(await readFile(join(out, 'report.md'), 'utf8')).toContain('![accuracy](accuracy.svg)');
    expect(await readFile(join(out, 'accuracy.svg'), 'utf8')).toBe('<svg/>\n');
    expect((await models('show', 'new')).stdout).toContain('Figures: swe-manager models report new');
  });

  it.each([
    ['silent', 'out', /silent was never put to the gate\. Put it there: `swe-manager models gate silent`/],
    ['nobody', 'out', /There is no model version nobody\. There are: /],
    ['new', 'a\0b', /cannot be written/],
  ])('refuses %s to %j', async (name, out, problem) => {
    const ended = await models('report', name, '--out', out);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(problem);
  });
});
