import { Command } from 'commander';
import { loadConfig, loadInferenceConfig } from '../../config.ts';
import { openInference, openStore } from '../../context.ts';
import { ConfigError } from '../../errors.ts';
import { SWE_LANCER } from '../../pipeline/dataset/benchmarks.ts';
import { createDecontaminator } from '../../pipeline/dataset/decontaminate.ts';
import { type DistillReport, distill } from '../../tasks/dataset/distill.ts';
import { action, print, printJson, progress } from '../support.ts';
import { readBenchmark } from './benchmark-file.ts';
import { DEFAULT_BUILD, wholeNumber } from './flags.ts';

interface DistillFlags {
  readonly samples: number;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly limit: number;
  readonly concurrency: number;
  readonly decontaminate?: string[];
  readonly json?: boolean;
}

export function distillCommand(): Command {
  return new Command('distill')
    .description('sample answers to the labelled threads without showing the label, and keep the right ones')
    .option('--samples <n>', 'answers a thread', wholeNumber(1, 64), 4)
    .option('--model <name>', 'served model or teacher (default: INFERENCE_MODEL, else the first served)')
    .option('--base-url <url>', 'the service (default: INFERENCE_URL)')
    .option('--limit <n>', 'threads to ask about, at most', wholeNumber(1, 1_000_000), 1_000_000)
    .option('--concurrency <n>', 'threads at the same time', wholeNumber(1, 64), 4)
    .option('--decontaminate <file...>', 'further benchmarks to leave out (SWE-Lancer is always left out)')
    .option('--json', 'print the report as JSON')
    .action(action(runDistill));
}

/** @throws ConfigError without a service. */
async function runDistill(flags: DistillFlags): Promise<void> {
  const service = loadInferenceConfig(flags.baseUrl);
  if (service === null) {
    throw new ConfigError('There is no inference service.', 'Give --base-url or set INFERENCE_URL.');
  }
  const client = openInference(service, { maxInFlight: flags.concurrency * flags.samples });
  const config = loadConfig();
  const store = await openStore(config);
  try {
    const files = await Promise.all((flags.decontaminate ?? []).map(readBenchmark));
    const found = await distill(store.db, client, {
      samples: flags.samples,
      model: flags.model ?? null,
      limit: flags.limit,
      concurrency: flags.concurrency,
      operatorConsent: config.trainingConsent,
      rules: { reasonClasses: DEFAULT_BUILD.reasonClasses, minConfidence: DEFAULT_BUILD.minConfidence },
      touches: createDecontaminator([SWE_LANCER, ...files]),
      at: new Date(),
      onThread: (done) => progress(`${done} threads`),
    });
    if (flags.json) return printJson(found);
    printReport(found);
  } finally {
    await store.close();
    await client.close();
  }
}

function printReport({ asked, outcomes, coverage }: DistillReport): void {
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`);
  print(`${asked} threads asked about${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`);
  print('proposals  threads  covered  samples  kept');
  for (const { proposals, threads, covered, samples, kept } of coverage) {
    const cells = [
      proposals,
      threads,
      `${covered} (${Math.round((100 * covered) / threads)} %)`,
      samples,
      kept,
    ];
    const widths = [9, 7, 7, 7, 4];
    print(cells.map((cell, index) => String(cell).padStart(widths[index] ?? 0)).join('  '));
  }
}
