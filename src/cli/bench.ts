/** Measures judges on tasks whose answer is known, and compares two such measurements. */
import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { compare } from '../bench/compare.ts';
import { readEnvironment } from '../bench/environment.ts';
import { JUDGE_NAMES, MODEL, resolveJudge } from '../bench/judges.ts';
import { type Summary, summarise } from '../bench/metrics.ts';
import { type ReadTasks, readTasks } from '../bench/read/index.ts';
import { scriptedThreads } from '../bench/read/scripted-threads.ts';
import { renderComparison } from '../bench/report/compare-markdown.ts';
import { dollars, duration, percent, percentInterval } from '../bench/report/format.ts';
import { prepareDirectory } from '../bench/report-directory.ts';
import { readResults } from '../bench/results-file.ts';
import { runBench, type TaskResult } from '../bench/run.ts';
import type { BenchTask } from '../bench/task.ts';
import { ConfigError, InputError, messageOf } from '../errors.ts';
import { parseTrainedWeights, type TrainedWeights } from '../pipeline/judge/embedded/trained.ts';
import type { Judge } from '../pipeline/judge/types.ts';
import { shellWord } from '../pipeline/training/shell-word.ts';
import { attackJudge, printAttacks } from './bench-attacks.ts';
import {
  addModelOptions,
  type ModelFlags,
  modelArguments,
  type OpenBench,
  openModel,
  printCost,
  refuseModelOptions,
} from './bench-model.ts';
import { startBenchProgress } from './bench-progress.ts';
import { action, print, printJson } from './support.ts';

interface BenchFlags extends ModelFlags {
  readonly judge: string;
  readonly json?: boolean;
  readonly out?: string;
  readonly weights?: string;
  readonly seed: number;
  readonly attacks?: boolean;
}

interface CompareFlags {
  readonly json?: boolean;
  readonly seed: number;
}

export function benchCommand(): Command {
  const bench = new Command('bench')
    .enablePositionalOptions()
    .description('measure a judge on tasks whose answer is known')
    .argument(
      '[file]',
      'SWE-Lancer’s .csv, labelled threads as .jsonl, or a directory of .json threads; --attacks can do without',
    )
    .addOption(new Option('--judge <name>', 'who chooses').choices(JUDGE_NAMES).default('embedded'))
    .option('--weights <file>', 'trained weights for the embedded judge, as JSON')
    .option('--json', 'print the figures as JSON')
    .option('--out <dir>', 'write a report with figures, and the result of every task')
    .option('--attacks', 'let a losing proposal attack the judge instead')
    .addOption(seedOption())
    .action(action(run));
  addModelOptions(bench);
  bench
    .command('compare')
    .description('compare two runs on the same tasks')
    .argument('<a>', 'directory that --out named, or its tasks.jsonl')
    .argument('<b>', 'the other one')
    .option('--json', 'print the figures as JSON')
    .addOption(seedOption())
    .action(action(compareRuns));
  return bench;
}

function seedOption(): Option {
  return new Option('--seed <n>', 'seed of everything random').default(1).argParser(parseSeed);
}

/** @throws InvalidArgumentError, which commander shows */
function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || seed > 0xffffffff) {
    throw new InvalidArgumentError('A seed is a whole number from 0 to 4294967295.');
  }
  return seed;
}

async function run(file: string | undefined, flags: BenchFlags): Promise<void> {
  if (flags.attacks) return runAttacks(file, flags);
  if (file === undefined) {
    throw new InputError('There is nothing to judge.', 'Name a file; see swe-manager bench --help.');
  }
  const source = await readTasks(file);
  if (flags.out !== undefined) await prepareDirectory(flags.out);
  const bench = await openBench(flags);
  try {
    const results = await judgeAll(bench, source.tasks, flags);
    const summary = summarise(flags.judge, results, flags.seed);
    const finished = { source, results, summary, judge: bench.judge, flags };
    const report = flags.out === undefined ? null : await saveReport(flags.out, finished);
    const beside = await judgeBeside(source.tasks, results, flags);
    if (flags.json) printJson(beside === null ? summary : { ...summary, beside });
    else printAll(finished, report, beside);
  } finally {
    await bench.close();
  }
}

async function openBench(flags: BenchFlags): Promise<OpenBench> {
  if (flags.judge === MODEL) {
    refuse(flags, ['weights'], 'with --judge model', 'Give it with --judge embedded.');
    return openModel(flags, flags.seed);
  }
  refuseModelOptions(flags);
  const trained = flags.weights === undefined ? null : await readWeights(flags.weights);
  const judge = resolveJudge(flags.judge, { seed: flags.seed, trained, ablate: flags.ablate ?? [] });
  return { judge, reordered: null, close: async () => {} };
}

/** @throws ConfigError: an option that does nothing would be taken for a result */
function refuse(
  flags: BenchFlags,
  names: readonly (keyof BenchFlags)[],
  where: string,
  remedy: string,
): void {
  const given = names.find((name) => flags[name] !== undefined);
  if (given !== undefined) throw new ConfigError(`--${given} says nothing ${where}.`, remedy);
}

async function readWeights(path: string): Promise<TrainedWeights> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new InputError(
      `${path} cannot be read as JSON: ${messageOf(cause)}.`,
      'Give the file with the trained weights, or leave --weights out.',
      { cause },
    );
  }
  return parseTrainedWeights(value);
}

async function judgeAll(
  { judge, reordered }: OpenBench,
  tasks: readonly BenchTask[],
  { concurrency, reorder }: BenchFlags,
): Promise<TaskResult[]> {
  const progress = startBenchProgress(tasks.length);
  try {
    return await runBench(judge, tasks, {
      onTask: (done, { id }) => progress.at(done, id),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(reorder && reordered ? { reordered } : {}),
    });
  } finally {
    progress.stop();
  }
}

/** A second model on the same tasks with the same settings, and the two compared. */
async function judgeBeside(tasks: readonly BenchTask[], results: readonly TaskResult[], flags: BenchFlags) {
  if (flags.beside === undefined) return null;
  const bench = openModel({ ...flags, model: flags.beside }, flags.seed);
  try {
    const others = await judgeAll(bench, tasks, flags);
    return {
      ...summarise(flags.beside, others, flags.seed),
      comparison: compare(
        { name: flags.beside, results: others },
        { name: flags.judge, results },
        flags.seed,
      ),
    };
  } finally {
    await bench.close();
  }
}

function printAll(
  { summary, source }: FinishedRun,
  report: string | null,
  beside: Awaited<ReturnType<typeof judgeBeside>>,
): void {
  printSummary(summary, source, report);
  printCost(summary.model);
  if (beside === null) return;
  print();
  printSummary(beside, source, null);
  printCost(beside.model);
  print(`\n${renderComparison(beside.comparison)}`);
}

async function runAttacks(file: string | undefined, flags: BenchFlags): Promise<void> {
  refuse(flags, ['out', 'beside', 'reorder'], 'with --attacks', 'Leave it out; --json prints the figures.');
  const threads =
    file === undefined ? scriptedThreads() : (await readTasks(file)).tasks.map(({ input }) => input);
  const figures = await attackJudge(threads, flags, openBench);
  if (flags.json) printJson(figures);
  else printAttacks(flags.judge, figures);
  if (figures.violations > 0) process.exitCode = 1;
}

interface FinishedRun {
  readonly source: ReadTasks;
  readonly results: readonly TaskResult[];
  readonly summary: Summary;
  readonly judge: Judge;
  readonly flags: BenchFlags;
}

/** @returns the report's path */
async function saveReport(
  directory: string,
  { source, results, summary, judge, flags }: FinishedRun,
): Promise<string> {
  const { writeReport } = await import('../bench/write-report.ts'); // The plotting library is slow to load.
  return writeReport(directory, {
    summary,
    results,
    source,
    skipped: source.skipped,
    model: judge.name,
    environment: await readEnvironment(new Date()),
    command: [
      `swe-manager bench ${shellWord(source.path)} --judge ${flags.judge}${modelArguments(flags)}`,
      ...(flags.weights === undefined ? [] : [`--weights ${shellWord(flags.weights)}`]),
      `--seed ${flags.seed} --out ${shellWord(directory)}`,
    ].join(' '),
  });
}

async function compareRuns(a: string, b: string, flags: CompareFlags): Promise<void> {
  const comparison = compare(await readResults(a), await readResults(b), flags.seed);
  if (flags.json) printJson(comparison);
  else print(renderComparison(comparison));
}

function printSummary(summary: Summary, source: ReadTasks, report: string | null): void {
  print(`${summary.judge} on ${summary.tasks} tasks of ${source.path}`);
  for (const { reason, count } of source.skipped) print(`${count} left out: ${reason}`);
  print();
  print(`accuracy    ${percent(summary.accuracy)}  (95 % ${percentInterval(summary.accuracy_interval)})`);
  if (summary.earn_rate !== null) {
    print(`earn rate   ${percent(summary.earn_rate)}  (95 % ${percentInterval(summary.earn_rate_interval)})`);
    print(`dollars     ${dollars(summary.dollars)} of ${dollars(summary.dollars_total)}`);
  }
  print(`time        ${duration(summary.seconds_per_task)} a task`);
  print(`abstained   ${summary.abstentions.tasks}, scored by the forced choice`);
  if (summary.failures > 0) print(`failed      ${summary.failures}, counted as wrong`);
  print('\nFor comparison');
  for (const [rule, { accuracy, earn_rate }] of Object.entries(summary.baselines)) {
    const earned = earn_rate === null ? '' : `, earn rate ${percent(earn_rate)}`;
    print(`  ${rule.padEnd(9)} accuracy ${percent(accuracy)}${earned}`);
  }
  if (report !== null) print(`\n${report}`);
}
