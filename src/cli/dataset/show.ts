import { Command } from 'commander';
import { loadConfig } from '../../config.ts';
import { openStore } from '../../context.ts';
import { InputError } from '../../errors.ts';
import type { Db } from '../../ports.ts';
import { datasetVersionStore } from '../../store/index.ts';
import { type RowTrace, traceRow } from '../../tasks/dataset/trace-row.ts';
import { originLines } from '../origin-lines.ts';
import { action, print, printJson } from '../support.ts';
import { requireVersion } from './flags.ts';
import { printManifest } from './print.ts';

interface ShowFlags {
  readonly row?: string;
  readonly card?: boolean;
  readonly json?: boolean;
}

export function showCommand(): Command {
  return new Command('show')
    .description('what a version holds, or everything behind one of its rows')
    .argument('[version]', 'its number or `latest`', 'latest')
    .option('--row <id>', 'trace this row back to its snapshot, label and signals')
    .option('--card', 'print the dataset card')
    .option('--json', 'print it as JSON')
    .action(action(show));
}

async function show(wanted: string, flags: ShowFlags): Promise<void> {
  const store = await openStore(loadConfig());
  try {
    const version = await requireVersion(store.db, wanted);
    if (flags.row !== undefined) return await showRow(store.db, version, flags.row, flags.json ?? false);
    if (flags.card) return print(version.card);
    const erased = await datasetVersionStore.countErasedRows(store.db, version.id);
    if (flags.json) return printJson({ ...version.manifest, erasedRows: erased });
    print(`Dataset version ${version.number}, built ${version.manifest.builtAt}`);
    printManifest(version.manifest);
    if (erased > 0) print(`  erased since: ${erased} rows, which exports leave out`);
    print(`  rows hash: ${version.manifest.rowsHash}`);
  } finally {
    await store.close();
  }
}

async function showRow(
  db: Db,
  version: datasetVersionStore.DatasetVersion,
  id: string,
  json: boolean,
): Promise<void> {
  const trace = await traceRow(db, version.id, id);
  if (!trace) {
    throw new InputError(
      `Version ${version.number} has no row ${id}.`,
      'Row ids stand in the column `id` of an export.',
    );
  }
  if (json) return printJson(trace);
  printTrace(trace);
}

function printTrace({
  row,
  repository,
  issue,
  snapshot,
  label,
  history,
  signals,
  changes,
  decision,
}: RowTrace): void {
  print(`Row ${row.rowId}, ${row.split}, SHA-256 ${row.hash}`);
  print(`  ${repository}#${issue}, snapshot ${snapshot.id} taken ${snapshot.takenAt.toISOString()}`);
  print(`  shown order: ${row.shownOrder.join(', ')}; answer from: ${row.targetKind}`);
  if (row.erasedAt) print(`  its text was erased ${row.erasedAt.toISOString()}`);
  const best = label.proposalNumber === null ? label.verdict : `proposal ${label.proposalNumber}`;
  const doubt = label.conflict ? ', signals conflict' : '';
  print(
    `Label ${label.id}: ${best}, ${label.reasonClass}, confidence ${label.confidence.toFixed(2)}${doubt}`,
  );
  for (const line of originLines(label.ideaOrigins)) print(`  ${line}`);
  if (history.length > 1)
    print(`  ${history.length} labels in all, this one resolved ${label.resolvedAt.toISOString()}`);
  if (decision) print(`Decision ${decision.id} by ${decision.model}: ${decision.chosen ?? 'abstained'}`);
  print(`Signals: ${signals.length}`);
  for (const signal of signals) {
    const exposure = signal.exposed ? 'exposed' : 'unexposed';
    print(
      `  ${signal.createdAt.toISOString()} ${signal.source} ${signal.polarity} by ${signal.actorLogin}, ${exposure}`,
    );
    if (signal.evidenceUrl) print(`    ${signal.evidenceUrl}`);
    if (signal.withdrawnAt) print('    withdrawn');
  }
  for (const { pullNumber, names } of changes) print(`Change #${pullNumber} touched: ${names.join(', ')}`);
}
