import type { DatasetManifest } from '../../schema/index.ts';
import type { taughtModelStore } from '../../store/index.ts';
import { print } from '../support.ts';

/** What a version holds, for people. */
export function printManifest(manifest: DatasetManifest): void {
  const { splits, counts, leftOut, contaminated } = manifest;
  for (const [split, { rows, snapshots }] of Object.entries(splits)) {
    print(
      `  ${split.padEnd(8)} ${rows} ${plural(rows, 'row')} of ${snapshots} ${plural(snapshots, 'thread')}`,
    );
  }
  printCounts('by reason class', counts.reasonClass);
  printCounts('by exposure', counts.exposure);
  printCounts('by source of the answer', counts.target);
  printCounts('left out', leftOut);
  printCounts('replaced', manifest.redactions);
  printWhatConsents(leftOut);
  if (contaminated) print('  CONTAMINATED: training refuses this version.');
}

/** For whoever wonders where the rows are. */
export function printWhatConsents(leftOut: DatasetManifest['leftOut']): void {
  if ((leftOut['no-consent'] ?? 0) === 0) return;
  print('  Consent: `training: {consent: true}` in a repository’s config, or TRAINING_CONSENT=allow.');
}

function printCounts(title: string, counts: Readonly<Record<string, number>>): void {
  const entries = Object.entries(counts).filter(([, count]) => count > 0);
  if (entries.length > 0)
    print(`  ${title}: ${entries.map(([name, count]) => `${name} ${count}`).join(', ')}`);
}

export function plural(count: number, word: string): string {
  return count === 1 ? word : `${word}s`;
}

/** Models that may have learned what was erased since: whether to train anew is a person's decision. */
export function printTaughtModels(models: readonly taughtModelStore.TaughtModel[]): void {
  for (const { model, state, datasetVersion, erasedRows } of models) {
    print(
      `Trained on rows that were erased since: ${model} (${state}), ${erasedRows} rows of version ${datasetVersion}`,
    );
  }
}
