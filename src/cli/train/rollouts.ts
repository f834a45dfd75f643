/** `swe-manager train rollouts`: what the model answered while it was trained, and what it got for it. */
import { Command, InvalidArgumentError } from 'commander';
import { InputError } from '../../errors.ts';
import { type Rollout, readRollouts } from '../../pipeline/training/rollouts.ts';
import { action, print, printJson } from '../support.ts';
import { requireRun, withTraining } from './open.ts';

/** Characters of an answer that are shown. */
const SHOWN = 160;

export function rolloutsCommand(): Command {
  return new Command('rollouts')
    .description('sampled answers of a DAPO run with their rewards, newest last')
    .argument('[run]', 'its name or `latest`', 'latest')
    .option('--steps <n>', 'steps to go back', steps, 1)
    .option('--json', 'print whole answers as JSON')
    .action(action(show));
}

async function show(name: string, flags: { steps: number; json?: boolean }): Promise<void> {
  await withTraining(async ({ db, training }) => {
    const run = await requireRun(db, name);
    const lines = run.plan ? await training.files.completionLines(run.plan, flags.steps) : [];
    const rollouts = readRollouts(lines);
    if (flags.json) return printJson(rollouts);
    if (rollouts.length === 0) {
      throw new InputError(
        `${run.name} has logged no answers.`,
        'Only DAPO runs do, from their first step on; is TRAIN_DIR the disk that the trainer writes to?',
      );
    }
    for (const rollout of rollouts) printRollout(rollout);
  });
}

function printRollout({ step, rewards, chosen, completion }: Rollout): void {
  const scores = Object.entries(rewards).map(([name, value]) => `${name} ${value?.toFixed(2) ?? '-'}`);
  const choice = chosen === undefined ? 'unreadable' : chosen === null ? 'chose none' : `chose ${chosen}`;
  print(`step ${step}  ${choice}  ${scores.join('  ')}`);
  const text = completion.replace(/\s+/g, ' ').trim();
  print(`  ${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}`);
}

function steps(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a whole number from 1 to 9999');
}
