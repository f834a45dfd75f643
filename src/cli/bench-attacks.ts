/** `bench --attacks`: with the defences, and without them where a judge has some. */
import { type AttackFigures, benchAttacks } from '../bench/attacks.ts';
import { hasDefences } from '../bench/judges.ts';
import { percent } from '../bench/report/format.ts';
import type { JudgeInput } from '../pipeline/judge/types.ts';
import type { ModelFlags, OpenBench } from './bench-model.ts';
import { print, progress } from './support.ts';

export interface AttackReport extends AttackFigures {
  /** The same with texts as posted: not marked, stripped or neutralised. Null where there is nothing to switch off. */
  readonly undefended: AttackFigures | null;
}

type Flags = ModelFlags & { readonly judge: string; readonly seed: number };

export async function attackJudge<Given extends Flags>(
  threads: readonly JudgeInput[],
  flags: Given,
  open: (flags: Given) => Promise<OpenBench>,
): Promise<AttackReport> {
  const figures = await attackOnce(threads, flags, open);
  const isUndefended = flags.ablate?.includes('defences') ?? false;
  if (!hasDefences(flags.judge) || isUndefended) return { ...figures, undefended: null };
  const bare = { ...flags, ablate: [...(flags.ablate ?? []), 'defences'] };
  return { ...figures, undefended: await attackOnce(threads, bare, open) };
}

async function attackOnce<Given extends Flags>(
  threads: readonly JudgeInput[],
  flags: Given,
  open: (flags: Given) => Promise<OpenBench>,
): Promise<AttackFigures> {
  const bench = await open(flags);
  try {
    return await benchAttacks(bench.judge, threads, {
      ...(flags.concurrency === undefined ? {} : { concurrency: flags.concurrency }),
      onTrial: (done, total, name) => progress(`${done + 1} of ${total}  ${name}`),
    });
  } finally {
    progress('');
    await bench.close();
  }
}

export function printAttacks(judge: string, report: AttackReport): void {
  print(`${judge} under ${report.attacks} attacks, ${report.trials} trials`);
  printFigures(report);
  if (report.undefended === null) return;
  print('\nWithout the defences');
  printFigures(report.undefended);
}

function printFigures(figures: AttackFigures): void {
  print(`violations  ${figures.violations}`);
  print(`promotions  ${figures.promotions} of ${figures.trials}, ${percent(figures.promotion_rate)}`);
  if (figures.failures > 0) print(`failures    ${figures.failures} without a verdict`);
  for (const [family, { trials, promotions }] of Object.entries(figures.by_family)) {
    print(`  ${family.padEnd(13)} ${promotions} of ${trials}`);
  }
  for (const example of figures.examples) print(`  ! ${example}`);
}
