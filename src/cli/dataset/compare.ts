import { Command } from 'commander';
import { loadConfig } from '../../config.ts';
import { openStore } from '../../context.ts';
import { datasetVersionStore, taughtModelStore } from '../../store/index.ts';
import { verifyVersion } from '../../tasks/dataset/verify-version.ts';
import { startBar } from '../bar.ts';
import { action, print, printJson } from '../support.ts';
import { requireVersion } from './flags.ts';
import { printTaughtModels } from './print.ts';

const SHOWN_IDS = 10;

export function listCommand(): Command {
  return new Command('list')
    .description('the versions there are')
    .option('--json', 'print them as JSON')
    .action(action(list));
}

async function list(flags: { json?: boolean }): Promise<void> {
  const store = await openStore(loadConfig());
  try {
    const versions = await datasetVersionStore.listVersions(store.db);
    const lines = await Promise.all(
      versions.map(async ({ id, number, manifest }) => ({
        version: number,
        builtAt: manifest.builtAt,
        train: manifest.splits.train.rows,
        holdout: manifest.splits.holdout.rows,
        erasedRows: await datasetVersionStore.countErasedRows(store.db, id),
        contaminated: manifest.contaminated,
        rowsHash: manifest.rowsHash,
      })),
    );
    const models = await taughtModelStore.modelsTaughtErasedRows(store.db);
    if (flags.json) return printJson({ versions: lines, modelsTrainedOnErasedRows: models });
    if (lines.length === 0) return print('No version yet: swe-manager dataset build');
    for (const line of lines) {
      const notes = [
        line.erasedRows > 0 && `${line.erasedRows} erased since`,
        line.contaminated && 'contaminated',
      ].filter(Boolean);
      const suffix = notes.length > 0 ? ` (${notes.join(', ')})` : '';
      print(`${line.version}  ${line.builtAt}  train ${line.train}, holdout ${line.holdout} rows${suffix}`);
    }
    printTaughtModels(models);
  } finally {
    await store.close();
  }
}

export function diffCommand(): Command {
  return new Command('diff')
    .description('rows that were added, removed or changed between two versions')
    .argument('<a>', 'the earlier version')
    .argument('<b>', 'the later one')
    .option('--json', 'print the ids as JSON')
    .action(action(diff));
}

async function diff(a: string, b: string, flags: { json?: boolean }): Promise<void> {
  const store = await openStore(loadConfig());
  try {
    const [from, to] = [await requireVersion(store.db, a), await requireVersion(store.db, b)];
    const before = await hashesOf(store.db, from.id);
    const after = await hashesOf(store.db, to.id);
    const added = [...after.keys()].filter((id) => !before.has(id));
    const removed = [...before.keys()].filter((id) => !after.has(id));
    const changed = [...after].filter(([id, hash]) => (before.get(id) ?? hash) !== hash).map(([id]) => id);
    if (flags.json) return printJson({ from: from.number, to: to.number, added, removed, changed });
    for (const [what, ids] of Object.entries({ added, removed, changed })) {
      print(`${ids.length} ${what}${ids.length > 0 ? `: ${shown(ids)}` : ''}`);
    }
  } finally {
    await store.close();
  }
}

async function hashesOf(db: Parameters<typeof datasetVersionStore.rowHashes>[0], id: string) {
  const rows = await datasetVersionStore.rowHashes(db, id);
  return new Map(rows.map(({ rowId, hash }) => [rowId, hash]));
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('compute all hashes of a version again; exit code 1 when it is not what it was')
    .argument('[version]', 'its number or `latest`', 'latest')
    .option('--json', 'print the result as JSON')
    .action(action(verify));
}

async function verify(wanted: string, flags: { json?: boolean }): Promise<void> {
  const store = await openStore(loadConfig());
  const bar = startBar('rows');
  try {
    const version = await requireVersion(store.db, wanted);
    const found = await verifyVersion(store.db, version, (done, total) => bar.update(done, total));
    bar.stop();
    const intact = found.complete && found.changed.length === 0 && found.misplaced.length === 0;
    if (!intact) process.exitCode = 1;
    if (flags.json) return printJson({ version: version.number, intact, ...found });
    print(`Version ${version.number}: ${intact ? 'intact' : 'NOT what it was'}, ${found.rows} rows`);
    if (found.erased > 0) print(`${found.erased} erased since it was built`);
    if (!found.complete) print('rows were added, removed or reordered');
    if (found.changed.length > 0) print(`${found.changed.length} changed: ${shown(found.changed)}`);
    if (found.misplaced.length > 0)
      print(`${found.misplaced.length} in the wrong split: ${shown(found.misplaced)}`);
  } finally {
    bar.stop();
    await store.close();
  }
}

function shown(ids: readonly string[]): string {
  const more = ids.length > SHOWN_IDS ? ` and ${ids.length - SHOWN_IDS} more` : '';
  return `${ids.slice(0, SHOWN_IDS).join(', ')}${more}`;
}
