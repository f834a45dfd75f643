/** Plays the scenario named on the command line: ends with 0 when it holds, 1 when it does not, 2 when it cannot be played. */
import { Broken, playScenario, type ScenarioName } from './scenarios.ts';

try {
  await playScenario(process.argv[2] as ScenarioName);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Broken ? error.message : (error as Error)?.stack}\n`);
  process.exit(error instanceof Broken ? 1 : 2);
}
