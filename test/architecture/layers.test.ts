/** Each rule of .dependency-cruiser.cjs catches what it forbids, shown on a small project made of violations. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../..');
const CONFIG = path.join(ROOT, '.dependency-cruiser.cjs');

/** Rule, the file that breaks it, and what that file imports. */
const VIOLATIONS: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['adapters-only-in-context', 'src/cli/a.ts', 'src/adapters/db.ts'],
  ['no-adapters-in-rooms', 'src/pipeline/judge/a.ts', 'src/adapters/db.ts'],
  ['no-adapters-in-rooms', 'src/tasks/a.ts', 'src/adapters/db.ts'],
  ['no-adapters-in-rooms', 'src/store/a.ts', 'src/context.ts'],
  ['no-adapters-in-rooms', 'src/dashboard/a.ts', 'src/adapters/db.ts'],
  ['sandbox-only-for-play', 'src/tasks/b.ts', 'src/sandbox/fake.ts'],
  ['no-test-code-in-src', 'src/tasks/c.ts', 'test/world.ts'],
  ['no-cycles', 'src/tasks/cycle-a.ts', 'src/tasks/cycle-b.ts'],
  ['no-unresolvable', 'src/tasks/d.ts', 'src/tasks/gone.ts'],
  ['errors-leaf', 'src/errors.ts', 'src/markdown/parse.ts'],
  ['config-leaf', 'src/config.ts', 'src/ports.ts'],
  ['markdown-leaf', 'src/markdown/a.ts', 'src/pipeline/proposals/detect.ts'],
  ['statistics-leaf', 'src/statistics/a.ts', 'src/markdown/parse.ts'],
  ['schema-leaf', 'src/schema/a.ts', 'src/store/queries.ts'],
  ['ports-leaf', 'src/ports.ts', 'src/store/queries.ts'],
  ['store-over-ports', 'src/store/b.ts', 'src/pipeline/decision/snapshot.ts'],
  ['pipeline-is-pure', 'src/pipeline/decision/a.ts', 'src/store/queries.ts'],
  ['pipeline-is-pure', 'src/pipeline/comment/a.ts', 'src/tasks/work.ts'],
  ['adapters-below-tasks', 'src/adapters/a.ts', 'src/store/queries.ts'],
  ['tasks-over-pipeline', 'src/tasks/e.ts', 'src/bench/run.ts'],
  ['dashboard-over-store', 'src/dashboard/b.ts', 'src/tasks/work.ts'],
  ['web-edge', 'src/web/a.ts', 'src/tasks/work.ts'],
  ['bench-over-pipeline', 'src/bench/a.ts', 'src/tasks/work.ts'],
  ['sandbox-over-ports', 'src/sandbox/a.ts', 'src/tasks/work.ts'],
  ['nothing-above-cli', 'src/tasks/f.ts', 'src/cli/main.ts'],
  ['nothing-above-app', 'src/tasks/g.ts', 'src/app.ts'],
  ['nothing-above-worker', 'src/pipeline/judge/b.ts', 'src/worker.ts'],
  ['nothing-above-index', 'src/store/c.ts', 'src/index.ts'],
  ['nothing-above-web', 'src/tasks/h.ts', 'src/web/server.ts'],
  ['stage-order-thread', 'src/pipeline/thread/a.ts', 'src/pipeline/proposals/detect.ts'],
  ['stage-order-webhook', 'src/pipeline/webhook/a.ts', 'src/pipeline/command/parse.ts'],
  ['stage-order-proposals', 'src/pipeline/proposals/a.ts', 'src/pipeline/judge/judge.ts'],
  ['stage-order-command', 'src/pipeline/command/a.ts', 'src/pipeline/decision/snapshot.ts'],
  ['stage-order-judge', 'src/pipeline/judge/c.ts', 'src/pipeline/decision/snapshot.ts'],
  ['stage-order-decision', 'src/pipeline/decision/b.ts', 'src/pipeline/comment/render.ts'],
  ['stage-order-comment', 'src/pipeline/comment/b.ts', 'src/pipeline/feedback/label.ts'],
  ['stage-order-feedback', 'src/pipeline/feedback/a.ts', 'src/pipeline/dataset/row.ts'],
  ['stage-order-dataset', 'src/pipeline/dataset/a.ts', 'src/pipeline/training/start.ts'],
  ['stage-order-training', 'src/pipeline/training/a.ts', 'src/pipeline/promotion/gate.ts'],
  ['no-development-packages', 'src/tasks/i.ts', 'node_modules/for-development/index.js'],
  ['no-undeclared-packages', 'src/tasks/j.ts', 'node_modules/undeclared/index.js'],
];

/** Imports that the layers allow; none of them may be reported. */
const ALLOWED: readonly (readonly [from: string, to: string])[] = [
  ['src/context.ts', 'src/adapters/db.ts'],
  ['src/cli/ok.ts', 'src/sandbox/fake.ts'],
  ['src/tasks/ok.ts', 'src/store/queries.ts'],
  ['src/tasks/ok.ts', 'src/pipeline/comment/render.ts'],
  ['src/pipeline/comment/ok.ts', 'src/pipeline/judge/judge.ts'],
  ['src/schema/ok.ts', 'src/pipeline/judge/types.ts'],
  ['src/tasks/ok.ts', 'node_modules/declared/index.js'],
];

interface Report {
  readonly summary: { readonly violations: readonly { from: string; to: string; rule: { name: string } }[] };
}

let folder: string;
let found: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'layers-'));
  await writeProject();
  found = await lint();
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the import linter', () => {
  it.each(VIOLATIONS)('%s catches %s importing %s', (rule, from, to) => {
    expect(found).toContainEqual(expect.stringContaining(`${rule}: ${from} -> ${reported(from, to)}`));
  });

  it.each(ALLOWED)('lets %s import %s', (from, to) => {
    expect(found.filter((line) => line.endsWith(`: ${from} -> ${to}`))).toEqual([]);
  });

  it('has no rule without a violation here', async () => {
    const { default: config } = (await import(CONFIG)) as { default: { forbidden: { name: string }[] } };
    const shown = new Set(VIOLATIONS.map(([rule]) => rule));
    expect(config.forbidden.map((rule) => rule.name).filter((name) => !shown.has(name))).toEqual([]);
  });
});

/** What cannot be resolved is reported as it was written. */
function reported(from: string, to: string): string {
  return to.endsWith('/gone.ts') ? relative(from, to) : to;
}

async function lint(): Promise<string[]> {
  const binary = path.join(ROOT, 'node_modules/.bin/depcruise');
  const report = path.join(folder, 'report.json');
  await promisify(execFile)(
    process.execPath,
    [binary, '--config', CONFIG, '--output-type', 'json', '--output-to', report, 'src'],
    { cwd: folder },
  ).catch((error: { code?: unknown }) => {
    // Violations are its exit code; anything else did not run.
    if (typeof error.code !== 'number') throw error;
  });
  const { summary } = JSON.parse(await readFile(report, 'utf8')) as Report;
  return summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`);
}

async function writeProject(): Promise<void> {
  const imports = new Map<string, string[]>([['src/tasks/cycle-b.ts', ['src/tasks/cycle-a.ts']]]);
  const edges = [...VIOLATIONS.map(([, from, to]) => [from, to] as const), ...ALLOWED];
  for (const [from, to] of edges) {
    imports.set(from, [...(imports.get(from) ?? []), to]);
    if (!to.endsWith('/gone.ts') && !imports.has(to)) imports.set(to, []);
  }
  for (const [file, targets] of imports) await put(file, source(file, targets));
  for (const name of ['declared', 'for-development', 'undeclared']) {
    await put(
      `node_modules/${name}/package.json`,
      JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    );
  }
  await put(
    'package.json',
    JSON.stringify({ dependencies: { declared: '1.0.0' }, devDependencies: { 'for-development': '1.0.0' } }),
  );
}

function source(file: string, targets: readonly string[]): string {
  const lines = targets.map((target, index) => `import { x as x${index} } from '${relative(file, target)}';`);
  return `${lines.join('\n')}\nexport const x: number = ${targets.map((_, index) => `x${index} + `).join('')}1;\n`;
}

function relative(from: string, to: string): string {
  const [, name] = /^node_modules\/([^/]+)/.exec(to) ?? [];
  if (name !== undefined) return name;
  const way = path.posix.relative(path.posix.dirname(from), to);
  return way.startsWith('.') ? way : `./${way}`;
}

async function put(file: string, text: string): Promise<void> {
  const target = path.join(folder, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
}
