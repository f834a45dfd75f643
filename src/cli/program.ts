/** Maps the arguments to one command; each command lives in its own file. */
import { Command } from 'commander';
import { packageVersion } from './version.ts';

/** In the order of the help. Each is loaded when it is needed: together they load the whole App. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).startCommand(),
  migrate: async () => (await import('./migrate.ts')).migrateCommand(),
  db: async () => (await import('./db.ts')).dbCommand(),
  demo: async () => (await import('./demo.ts')).demoCommand(),
  choose: async () => (await import('./choose.ts')).chooseCommand(),
  decision: async () => (await import('./decision.ts')).decisionCommand(),
  infer: async () => (await import('./infer.ts')).inferCommand(),
  bench: async () => (await import('./bench.ts')).benchCommand(),
  harvest: async () => (await import('./harvest.ts')).harvestCommand(),
  review: async () => (await import('./review.ts')).reviewCommand(),
  dataset: async () => (await import('./dataset.ts')).datasetCommand(),
  train: async () => (await import('./train.ts')).trainCommand(),
  models: async () => (await import('./models.ts')).modelsCommand(),
  forget: async () => (await import('./forget.ts')).forgetCommand(),
  status: async () => (await import('./status.ts')).statusCommand(),
  replay: async () => (await import('./replay.ts')).replayCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
};

/**
 * The command line; parsing it runs the command that is named.
 * @param named loads this command alone; all, when there is none of this name or it is left out.
 */
export async function buildProgram(named?: string): Promise<Command> {
  const program = new Command('swe-manager')
    .description('Chooses between competing proposals on an issue, says why, and writes the golden proposal.')
    .version(packageVersion())
    .enablePositionalOptions(); // Options belong to the command they follow: `bench compare` has its own --json.
  const one = named !== undefined && Object.hasOwn(COMMANDS, named) ? COMMANDS[named] : undefined;
  for (const load of one ? [one] : Object.values(COMMANDS)) program.addCommand(await load());
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
