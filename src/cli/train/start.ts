/** `swe-manager train`: a run, or what it would be. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../../config.ts';
import { InputError } from '../../errors.ts';
import { NEEDS } from '../../pipeline/training/plan.ts';
import {
  LAUNCHERS,
  type LauncherKind,
  type Resources,
  STAGES,
  type Stage,
  TUNERS,
  type Tuner,
} from '../../pipeline/training/types.ts';
import type { datasetVersionStore } from '../../store/index.ts';
import { fitEmbedded, trainEmbeddedOn } from '../../tasks/learning/train-embedded.ts';
import { type PlannedRun, planRun, type RunRequest, startRun } from '../../tasks/training/start-run.ts';
import type { TrainingContext } from '../../tasks/training/types.ts';
import { requireVersion } from '../dataset/flags.ts';
import { learningParts } from '../learning-parts.ts';
import { print, printJson } from '../support.ts';
import { packageVersion } from '../version.ts';
import { untilEnded } from './follow.ts';
import { withTraining } from './open.ts';
import { printNeeds, printRun } from './print.ts';

interface StartFlags {
  readonly stage?: Stage;
  readonly dataset?: string;
  readonly base?: string;
  readonly tuner?: Tuner;
  readonly launcher?: LauncherKind;
  readonly gpus?: number;
  readonly nodes?: number;
  readonly again?: boolean;
  readonly dryRun?: boolean;
  readonly follow?: boolean;
  readonly json?: boolean;
}

export function addStartOptions(command: Command): Command {
  return command
    .addOption(new Option('--stage <stage>', 'what to train').choices(STAGES))
    .option('--dataset <version>', 'a dataset version: its number or `latest`')
    .option('--base <model>', 'what to start from: on the hub, a directory, or a registered version')
    .addOption(
      new Option('--tuner <tuner>', 'adapters or all weights (default: TRAIN_TUNER)').choices(TUNERS),
    )
    .addOption(new Option('--launcher <launcher>', 'where (default: TRAIN_LAUNCHER)').choices(LAUNCHERS))
    .option('--gpus <n>', 'GPUs of each node; 0 trains on the CPU (default: what the stage needs)', upTo(64))
    .option('--nodes <n>', 'nodes of the cluster (default: 1)', upTo(64))
    .option('--again', 'train once more what was trained before and has ended')
    .option('--follow', 'wait for its end')
    .option('--dry-run', 'print what would be submitted, what it needs and costs, and do nothing')
    .option('--json', 'print the plan or the run as JSON');
}

export async function start(flags: StartFlags): Promise<void> {
  const { stage, dataset } = flags;
  if (stage === undefined || dataset === undefined) {
    throw new InputError('What should be trained, on what?', 'Give --stage STAGE and --dataset VERSION.');
  }
  await withTraining(async (ctx, config) => {
    const version = await requireVersion(ctx.db, dataset);
    if (stage === 'embedded') return startEmbedded(ctx, version, flags);
    const launcher = flags.launcher ?? config.trainer.launcher;
    const { tuner = config.trainer.tuner, base = null, again = false } = flags;
    const resources = resourcesOf(NEEDS[stage][tuner], flags);
    const requestedBy = 'operator' as const;
    const request = { stage, dataset: version, tuner, launcher, base, resources, again, requestedBy };
    const settings = { ...config.trainer, codeVersion: packageVersion() };
    const planned = await planRun(ctx, request, settings);
    if (flags.dryRun) printPlan(ctx, request, planned, flags.json ?? false);
    else await startModel(ctx, config, request, planned, flags);
  });
}

async function startModel(
  ctx: TrainingContext,
  { trainer }: Config,
  request: RunRequest,
  planned: PlannedRun,
  { follow, json }: StartFlags,
): Promise<void> {
  const { run, known } = await startRun(ctx, request, planned);
  const now = follow ? await untilEnded(ctx, run, trainer.stallMs) : run;
  if (json) printJson({ ...now, known });
  else {
    if (known) print('Asked for before; --again trains once more.');
    printRun(now);
  }
  if (now.state === 'failed' || now.state === 'cancelled') process.exitCode = 1;
}

/** The embedded judge is fitted here and now; a dry run fits it too, and keeps nothing. */
async function startEmbedded(
  ctx: TrainingContext,
  dataset: datasetVersionStore.DatasetVersion,
  { dryRun, json }: StartFlags,
): Promise<void> {
  if (dryRun) return printEmbeddedPlan(ctx, dataset, json ?? false);
  const { db, clock, config } = ctx;
  const learning = learningParts();
  const options = { requestedBy: 'operator', operatorConsent: config.trainingConsent } as const;
  const { version, known } = await trainEmbeddedOn({ db, clock, learning }, dataset, options);
  const { name, metrics } = version;
  if (json) return printJson({ model: name, known, metrics });
  print(known ? `${name} was trained before.` : `Trained ${name}.`);
  for (const [metric, value] of Object.entries(metrics)) print(`  ${metric}: ${value}`);
  print(`Compare it with who decides now: swe-manager models gate ${name}`);
}

/** @throws InputError where training would be refused */
async function printEmbeddedPlan(
  { db, config }: TrainingContext,
  dataset: datasetVersionStore.DatasetVersion,
  json: boolean,
): Promise<void> {
  const { labels } = await fitEmbedded({ db }, dataset, config.trainingConsent);
  const { rows } = dataset.manifest.splits.train;
  if (json) return printJson({ stage: 'embedded', dataset: dataset.number, rows, labels });
  print(`Refits the embedded judge on ${labels.used} labels of version ${dataset.number}, in this process.`);
}

function printPlan(
  ctx: TrainingContext,
  request: RunRequest,
  { plan, findings }: PlannedRun,
  json: boolean,
): void {
  const launcher = ctx.training.launcher(request.launcher);
  if (json) {
    const { name, rows, resources, estimate } = plan;
    const submission = launcher.submission(plan);
    printJson({ name, launcher: request.launcher, rows, resources, estimate, findings, submission });
    return;
  }
  print(`# ${plan.name}, on the ${request.launcher} launcher`);
  print(launcher.describe(plan).trimEnd());
  print();
  printNeeds(plan);
  print(findings.length === 0 ? 'Preflight: nothing stands in the way.' : `Preflight: ${findings.join(' ')}`);
}

function resourcesOf(needs: Resources, { gpus, nodes }: StartFlags): Resources | null {
  if (gpus === undefined && nodes === undefined) return null;
  return {
    nodes: Math.max(1, nodes ?? 1),
    gpusPerNode: gpus ?? needs.gpusPerNode,
    gpuMemoryGiB: gpus === 0 ? 0 : needs.gpuMemoryGiB,
  };
}

function upTo(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,4}$/.test(text) && value <= most) return value;
    throw new InvalidArgumentError(`expected a whole number up to ${most}`);
  };
}
