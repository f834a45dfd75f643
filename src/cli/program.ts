/** Maps the arguments to one command; each command lives in its own file. */
import { Command } from 'commander';
import { benchCommand } from './bench.ts';
import { chooseCommand } from './choose.ts';
import { datasetCommand } from './dataset.ts';
import { dbCommand } from './db.ts';
import { decisionCommand } from './decision.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { forgetCommand } from './forget.ts';
import { harvestCommand } from './harvest.ts';
import { inferCommand } from './infer.ts';
import { migrateCommand } from './migrate.ts';
import { modelsCommand } from './models.ts';
import { replayCommand } from './replay.ts';
import { reviewCommand } from './review.ts';
import { startCommand } from './start.ts';
import { statusCommand } from './status.ts';
import { trainCommand } from './train.ts';
import { packageVersion } from './version.ts';

/** The whole command line; parsing it runs the command that is named. */
export function buildProgram(): Command {
  const program = new Command('swe-manager')
    .description('Chooses between competing proposals on an issue, says why, and writes the golden proposal.')
    .version(packageVersion())
    .enablePositionalOptions(); // Options belong to the command they follow: `bench compare` has its own --json.
  for (const command of [
    startCommand(),
    migrateCommand(),
    dbCommand(),
    demoCommand(),
    chooseCommand(),
    decisionCommand(),
    inferCommand(),
    benchCommand(),
    harvestCommand(),
    reviewCommand(),
    datasetCommand(),
    trainCommand(),
    modelsCommand(),
    forgetCommand(),
    statusCommand(),
    replayCommand(),
    doctorCommand(),
  ]) {
    program.addCommand(command);
  }
  for (const command of withSubcommands(program)) refuseInOneLine(command);
  return program;
}

/** The command and all below it. */
export function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Wrong arguments end like every other failure: one line on stderr, which says where help is. */
function refuseInOneLine(command: Command): void {
  command.configureOutput({
    outputError: (text, write) => {
      const problem = text
        .replace(/^error: /, '')
        .trim()
        .replaceAll('\n', ' ');
      write(`swe-manager: ${problem} (see ${pathOf(command)} --help)\n`);
    },
  });
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
