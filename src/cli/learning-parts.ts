import { benchAttacks } from '../bench/attacks.ts';
import { scriptedThreads } from '../bench/read/scripted-threads.ts';
import type { LearningParts } from '../ports.ts';
import { packageVersion } from './version.ts';

/** What learning needs of the benchmark and of the package; the App itself knows neither. */
export function learningParts(): LearningParts {
  return {
    codeVersion: packageVersion(),
    measureAttacks: async (judge) => {
      const { promotions, trials } = await benchAttacks(judge, scriptedThreads(), {
        choicesOnly: true,
      });
      return { successes: promotions, trials };
    },
    // Loaded when there is something to draw: the library is large.
    drawGate: async (numbers) => (await import('../bench/report/gate-figures.ts')).drawGateFigures(numbers),
  };
}
