/** The runs there are: how they stand, what they print, how to end one. */
import { Command, InvalidArgumentError } from 'commander';
import { trainingRunStore } from '../../store/index.ts';
import { cancelRun, followRun } from '../../tasks/training/follow-runs.ts';
import { action, print, printJson } from '../support.ts';
import { untilEnded } from './follow.ts';
import { requireRun, withTraining } from './open.ts';
import { printRun } from './print.ts';

export function listCommand(): Command {
  return new Command('list')
    .description('all runs, newest first')
    .option('--json', 'print them as JSON')
    .action(action(list));
}

async function list({ json }: { json?: boolean }): Promise<void> {
  await withTraining(async ({ db }) => {
    const runs = await trainingRunStore.listTrainingRuns(db);
    if (json) return printJson(runs);
    if (runs.length === 0) print('No training run yet.');
    for (const { name, state, launcher, createdAt, reason } of runs) {
      const why = reason === null ? '' : `  ${reason}`;
      print(`${name}  ${state}  ${launcher}  ${createdAt.toISOString().slice(0, 16)}${why}`);
    }
  });
}

export function statusCommand(): Command {
  return new Command('status')
    .description('how a run stands now, asked of its launcher')
    .argument('[run]', 'its name or `latest`', 'latest')
    .option('--follow', 'wait for its end')
    .option('--json', 'print it as JSON')
    .action(action(status));
}

async function status(name: string, { follow, json }: { follow?: boolean; json?: boolean }): Promise<void> {
  await withTraining(async (ctx, { trainer }) => {
    const found = await requireRun(ctx.db, name);
    const run = follow ? await untilEnded(ctx, found, trainer.stallMs) : await followRun(ctx, found, trainer);
    if (json) printJson(run);
    else printRun(run);
  });
}

export function logsCommand(): Command {
  return new Command('logs')
    .description('the last lines that a run’s trainer printed')
    .argument('[run]', 'its name or `latest`', 'latest')
    .option('--lines <n>', 'how many', lineCount, 50)
    .action(action(logs));
}

async function logs(name: string, { lines }: { lines: number }): Promise<void> {
  await withTraining(async ({ db, training }) => {
    const run = await requireRun(db, name);
    print(
      run.plan === null
        ? 'It ran in the process that was asked, without a log.'
        : await training.launcher(run.launcher).logs(run.name, lines),
    );
  });
}

export function cancelCommand(): Command {
  return new Command('cancel')
    .description('end a run that is under way')
    .argument('<run>', 'its name or `latest`')
    .option('--json', 'print it as JSON')
    .action(action(cancel));
}

async function cancel(name: string, { json }: { json?: boolean }): Promise<void> {
  await withTraining(async (ctx) => {
    const run = await cancelRun(ctx, await requireRun(ctx.db, name), 'cancelled by the operator');
    if (json) printJson(run);
    else printRun(run);
  });
}

function lineCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a whole number from 1 to 999999');
}
