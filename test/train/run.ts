/**
 * `npm run test:train`: SFT and DAPO for real, on the CPU, with a tiny model and rows that the App exported. Fails
 * when the trainer cannot be installed. `--keep` leaves the folder with logs and checkpoints.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installTrainer } from './install.ts';
import {
  type Figures,
  filesIn,
  learnTheForm,
  makeModel,
  type Plan,
  prepareData,
  readCurves,
  reinforce,
  resume,
  testAdapters,
  trainTogether,
} from './steps.ts';
import type { Trainer } from './trainer.ts';

const PLAN: Plan = { threads: 24, sftSteps: 80, sftRounds: 4, dapoSteps: 6, validShare: 0.3 };

const log = (line: string) => process.stdout.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), 'swe-manager-train-'));
const files = filesIn(folder);
const figures: Figures = {};
let trainer: Trainer = { python: '', folder, log };

const STEPS: readonly (readonly [string, () => unknown])[] = [
  ['the trainer is installed', () => (trainer = { ...trainer, python: installTrainer(log) })],
  ['the adapters fit the trainer', () => testAdapters(trainer)],
  ['the App exports rows, and they are prepared', () => prepareData(trainer, files, PLAN, figures)],
  ['a tiny random model is made', () => makeModel(trainer, files)],
  ['SFT teaches the form', () => learnTheForm(trainer, files, PLAN, figures)],
  [
    'DAPO has reward spread, gradients, clipping and dropped groups',
    () => reinforce(trainer, files, PLAN, figures),
  ],
  ['a checkpoint is resumed', () => resume(trainer, files, PLAN, figures)],
  ['two processes train adapters together', () => trainTogether(trainer, files, figures)],
  ['TensorBoard files read back', () => readCurves(trainer, files, figures)],
];

/** Every step needs those before it, so the first failure ends the run; what was not reached has failed too. */
async function runSteps(): Promise<number> {
  for (const [index, [name, step]] of STEPS.entries()) {
    const startedAt = performance.now();
    try {
      await step();
      log(`ok      ${name} (${Math.round((performance.now() - startedAt) / 1000)} s)`);
    } catch (error) {
      log(`FAILED  ${name}\n${error instanceof Error ? error.stack : String(error)}`);
      return index;
    }
  }
  return STEPS.length;
}

const passed = await runSteps();
if (process.argv.includes('--keep')) log(`kept: ${folder}`);
else rmSync(folder, { recursive: true, force: true });
log(JSON.stringify(figures));
log(`${passed} passed, ${STEPS.length - passed} failed`);
process.exitCode = passed === STEPS.length ? 0 : 1;
