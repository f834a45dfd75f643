import { Command } from 'commander';
import { type Config, loadConfig } from '../../config.ts';
import { openStore } from '../../context.ts';
import { SWE_LANCER } from '../../pipeline/dataset/benchmarks.ts';
import type { Db } from '../../ports.ts';
import { type BuiltVersion, buildVersion } from '../../tasks/dataset/build-version.ts';
import { startBar } from '../bar.ts';
import { action, print, printJson } from '../support.ts';
import { packageVersion } from '../version.ts';
import { readBenchmark } from './benchmark-file.ts';
import { addBuildOptions, type BuildFlags, DEFAULT_BUILD } from './flags.ts';
import { printManifest } from './print.ts';

export function buildCommand(): Command {
  return addBuildOptions(new Command('build'))
    .description('make an immutable dataset version from what is labelled now')
    .option('--json', 'print the manifest as JSON')
    .action(action(build));
}

async function build(flags: BuildFlags & { json?: boolean }): Promise<void> {
  const config = loadConfig();
  const store = await openStore(config);
  try {
    const { version, unchanged } = await buildDataset(store.db, config, flags);
    if (flags.json) return printJson({ ...version.manifest, unchanged });
    print(
      unchanged ? `Nothing changed since version ${version.number}.` : `Dataset version ${version.number}`,
    );
    printManifest(version.manifest);
  } finally {
    await store.close();
  }
}

/** @throws InputError when a benchmark's file cannot be read. */
export async function buildDataset(
  db: Db,
  config: Pick<Config, 'trainingConsent'>,
  flags: BuildFlags = DEFAULT_BUILD,
): Promise<BuiltVersion> {
  const files = Array.isArray(flags.decontaminate) ? flags.decontaminate : [];
  const benchmarks = [SWE_LANCER, ...(await Promise.all(files.map(readBenchmark)))];
  const bar = startBar('threads read');
  try {
    return await buildVersion(db, {
      permutations: flags.permutations,
      rules: { reasonClasses: flags.reasonClasses, minConfidence: flags.minConfidence },
      operatorConsent: config.trainingConsent,
      benchmarks,
      decontaminate: flags.decontaminate !== false,
      codeVersion: packageVersion(),
      at: new Date(),
      onProgress: (done, total) => bar.update(done, total),
    });
  } finally {
    bar.stop();
  }
}
