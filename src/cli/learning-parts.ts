import { benchAttacks } from '../bench/attacks.ts';
import { readTasks } from '../bench/read/index.ts';
import { scriptedThreads } from '../bench/read/scripted-threads.ts';
import { runBench } from '../bench/run.ts';
import { InputError } from '../errors.ts';
import type { Judge } from '../pipeline/judge/types.ts';
import type { BenchmarkScore } from '../pipeline/promotion/types.ts';
import type { LearningParts } from '../ports.ts';
import { packageVersion } from './version.ts';

/**
 * What learning needs of the benchmark and of the package; the App itself knows neither.
 * @param sweLancerFile the operator's copy of SWE-Lancer's CSV; null guards without it
 */
export function learningParts({
  sweLancerFile = null,
}: {
  sweLancerFile?: string | null;
} = {}): LearningParts {
  return {
    codeVersion: packageVersion(),
    measureAttacks: async (judge, signal) => {
      const { promotions, failures, trials } = await benchAttacks(judge, scriptedThreads(), {
        choicesOnly: true,
        ...(signal && { signal }),
      });
      return { successes: promotions + failures, trials };
    },
    ...(sweLancerFile !== null && {
      measureSweLancer: (judge: Judge, signal?: AbortSignal) =>
        measureSweLancer(sweLancerFile, judge, signal),
    }),
    // Loaded when there is something to draw: the library is large.
    drawGate: async (numbers) => (await import('../bench/report/gate-figures.ts')).drawGateFigures(numbers),
  };
}

/** @throws InputError when the file cannot be read, or is another one: nobody is compared on half a benchmark */
async function measureSweLancer(file: string, judge: Judge, signal?: AbortSignal): Promise<BenchmarkScore> {
  const { format, tasks } = await readTasks(file);
  if (format !== 'swe-lancer-csv') {
    throw new InputError(`SWE_LANCER_FILE names ${file}, which is no CSV.`, "Set it to SWE-Lancer's CSV.");
  }
  const results = await runBench(judge, tasks, { endsOnOutage: true, ...(signal && { signal }) });
  const dollars = (of: typeof results) => of.reduce((sum, { price }) => sum + (price ?? 0), 0);
  const right = results.filter(({ correct }) => correct);
  return { right: right.length, tasks: results.length, earned: dollars(right), offered: dollars(results) };
}
