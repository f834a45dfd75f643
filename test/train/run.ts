/**
 * `npm run test:train`: SFT and DAPO for real, on the CPU, with a tiny model and rows that the App exported. Fails
 * when the trainer cannot be installed.
 *
 * `--long` trains until learning shows, and `--picture FILE` draws its curves; `--keep` leaves logs and checkpoints.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { trainByCommand } from './by-command.ts';
import { installTrainer } from './install.ts';
import { LONG, SHORT } from './recipes.ts';
import * as steps from './steps.ts';

const { values: flags } = parseArgs({
  options: { long: { type: 'boolean' }, keep: { type: 'boolean' }, picture: { type: 'string' } },
});

const log = (line: string) => process.stdout.write(`${line}\n`);

type Step = readonly [name: string, run: (run: steps.Run) => unknown];

const MECHANICS: readonly Step[] = [
  ['the adapters fit the trainer', steps.testAdapters],
  ['the App exports rows, and they are prepared', steps.prepareData],
  ['a tiny random model is made', steps.makeModel],
  ['SFT teaches the form', steps.learnTheForm],
  ['DAPO has reward spread, gradients, clipping and dropped groups', steps.reinforce],
  ['a checkpoint is resumed', steps.resume],
  ['the command line trains, follows and registers', trainByCommand],
  ['two processes train adapters together', steps.trainTogether],
  ['TensorBoard files read back', steps.readCurves],
];

const LEARNING: readonly Step[] = [
  ...MECHANICS.slice(1, 5),
  ['TensorBoard files read back', steps.readCurves],
  ...(flags.picture ? [pictureStep(resolve(flags.picture))] : []),
  ['reward and accuracy on held-out threads rise', steps.hasRisen],
];

function pictureStep(file: string): Step {
  return [`the curves are drawn into ${file}`, (run) => steps.drawCurves(run, file)];
}

/** Every step needs those before it, so the first failure ends the run; what was not reached has failed too. */
async function runSteps(run: steps.Run, all: readonly Step[]): Promise<number> {
  for (const [index, [name, step]] of all.entries()) {
    const startedAt = performance.now();
    try {
      await step(run);
      log(`ok      ${name} (${Math.round((performance.now() - startedAt) / 1000)} s)`);
    } catch (error) {
      log(`FAILED  ${name}\n${error instanceof Error ? error.stack : String(error)}`);
      return index;
    }
  }
  return all.length;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'swe-manager-train-'));
  const all = flags.long ? LEARNING : MECHANICS;
  const run = steps.runIn({ python: installTrainer(log), folder, log }, flags.long ? LONG : SHORT);
  const passed = await runSteps(run, all);
  if (flags.keep) log(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  log(`${passed} passed, ${all.length - passed} failed`);
  log(JSON.stringify(run.figures));
  process.exitCode = passed === all.length ? 0 : 1;
}

await main().catch((error: unknown) => {
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  log('0 passed, 1 failed');
  process.exitCode = 1;
});
