import { Command } from 'commander';
import { action } from './support.ts';
import { rolloutsCommand } from './train/rollouts.ts';
import { cancelCommand, listCommand, logsCommand, statusCommand } from './train/runs.ts';
import { addStartOptions, start } from './train/start.ts';

export function trainCommand(): Command {
  const train = addStartOptions(new Command('train'))
    .description('train the judge on a dataset version, and follow its runs')
    .enablePositionalOptions() // `train list` has its own --json, `train status` its own --follow.
    .action(action(start));
  for (const command of [listCommand(), statusCommand(), logsCommand(), cancelCommand(), rolloutsCommand()]) {
    train.addCommand(command);
  }
  return train;
}
