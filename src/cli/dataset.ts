import { Command } from 'commander';
import { buildCommand } from './dataset/build.ts';
import { diffCommand, listCommand, verifyCommand } from './dataset/compare.ts';
import { consentCommand } from './dataset/consent.ts';
import { distillCommand } from './dataset/distill.ts';
import { exportCommand } from './dataset/export.ts';
import { showCommand } from './dataset/show.ts';

export function datasetCommand(): Command {
  const dataset = new Command('dataset').description('training data from what the maintainers did');
  for (const command of [
    buildCommand(),
    listCommand(),
    showCommand(),
    diffCommand(),
    verifyCommand(),
    exportCommand(),
    distillCommand(),
    consentCommand(),
  ]) {
    dataset.addCommand(command);
  }
  return dataset;
}
