/**
 * `npm run test:package`: packs the package, installs it into an empty folder as a user would, and runs the
 * installed command there, all under the Node of the host, which may be older than the one the program needs.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../..');
/** An installation fetches some 150 packages, and Node 24 where the host has an older one. */
const TIMEOUT_MS = 600_000;

/** What the tarball must hold, besides the built program and the migrations. */
const REQUIRED = [
  'package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'app.yml',
  '.env.example',
  'docs/repository-config.schema.json',
  'src/cli/bin.js',
  'dist/cli/main.js',
  'dist/cli/program.js',
  'migrations/meta/_journal.json',
  'migrations/0000_init.sql',
  'training/pyproject.toml',
  'training/swe_manager_training/train.py',
  'training/swe_manager_training/rewards.py',
];
const ALLOWED =
  /^(dist\/|migrations\/(\d{4}_\w+\.sql|meta\/\w+\.json)$|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$|app\.yml$|\.env\.example$|docs\/repository-config\.schema\.json$|src\/cli\/bin\.js$|training\/(pyproject\.toml|[\w-]+\.txt|swe_manager_training\/[\w/-]+\.(py|yaml))$)/;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** npm puts the Node 24 of node_modules first on the PATH of its scripts: those folders are left out. */
function hostEnvironment(): NodeJS.ProcessEnv {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const outside = folders.filter((folder) => !folder.split(path.sep).includes('node_modules'));
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE$|NODE_OPTIONS$|INIT_CWD$)/.test(name),
  );
  const host = { ...Object.fromEntries(inherited), PATH: outside.join(path.delimiter) };
  if (!outside.some((folder) => isExecutable(path.join(folder, 'node'))))
    throw new Error('The host has no Node outside node_modules, so nothing can be installed under it.');
  return host;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // Absent, or not for this user: the next folder is looked at.
  }
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): string {
  console.log(`> ${[path.basename(command), ...args].join(' ')}`);
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  return execFileSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    stdio,
    timeout: TIMEOUT_MS,
    maxBuffer: 2 ** 28,
  });
}

function pack(folder: string, env: NodeJS.ProcessEnv): Packed {
  const output = run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], ROOT, env);
  // The build's own lines may come first.
  const [packed] = JSON.parse(output.slice(output.search(/^\[/m))) as Packed[];
  if (!packed) throw new Error('npm pack packed nothing.');
  return packed;
}

function contentProblems(packed: Packed): string[] {
  const held = packed.files.map((file) => file.path);
  return [
    ...REQUIRED.filter((file) => !held.includes(file)).map((file) => `${file} is missing from the package.`),
    ...held.filter((file) => !ALLOWED.test(file)).map((file) => `${file} does not belong in the package.`),
  ];
}

function expectOutput(output: string, wanted: readonly string[], command: string): string[] {
  return wanted
    .filter((words) => !output.includes(words))
    .map((words) => `${command} does not print “${words}”. It printed:\n${output.slice(-2_000)}`);
}

function runInstalled(folder: string, env: NodeJS.ProcessEnv): string[] {
  const command = path.join(folder, 'node_modules/.bin/swe-manager');
  const help = run(command, ['--help'], folder, env);
  const migrated = run(command, ['migrate'], folder, env);
  const demo = run(command, ['demo'], folder, env);
  const rows = path.join(folder, '.swe-manager/demo/dataset/sft/train.jsonl');
  return [
    ...expectOutput(help, ['Usage: swe-manager', 'start', 'migrate', 'demo', 'choose', 'doctor'], '--help'),
    ...expectOutput(migrated, ['embedded database is up to date'], 'migrate'),
    ...expectOutput(demo, ['The decision comment, as it was posted', 'That was the whole job'], 'demo'),
    ...(existsSync(rows) && readFileSync(rows, 'utf8').trim() !== ''
      ? []
      : [`demo wrote no rows to ${rows}.`]),
  ];
}

function main(): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'swe-manager-package-'));
  try {
    const env = hostEnvironment();
    console.log(`The host's Node: ${run('node', ['--version'], folder, env).trim()}`);
    const packed = pack(folder, env);
    console.log(`${packed.filename}: ${packed.files.length} files, ${Math.round(packed.size / 1024)} KiB`);
    const problems = contentProblems(packed);
    if (problems.length > 0) return problems;
    // Newer versions of npm run only the install scripts that the installing package allows.
    const consumer = { name: 'consumer', private: true, allowScripts: { node: true } };
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify(consumer));
    run('npm', ['install', '--no-audit', '--no-fund', `./${packed.filename}`], folder, env);
    return runInstalled(folder, env);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const problems = main();
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log('The package installs and runs.');
