import { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { openStore, type Store } from '../context.ts';
import { deadLetterStore, runStore, statusStore } from '../store/index.ts';
import { action, print, printJson } from './support.ts';

export function statusCommand(): Command {
  return new Command('status')
    .description('what is stored, what is under way and what failed')
    .option('--json', 'print it as JSON')
    .action(action(showStatus));
}

async function showStatus(flags: { json?: boolean }): Promise<void> {
  const config = loadConfig();
  const store = await openStore(config);
  try {
    const overview = await statusStore.overview(store.db);
    const where = config.databaseUrl === null ? config.dataDir : 'Postgres (DATABASE_URL)';
    const judge =
      config.inference === null ? 'embedded judge' : `model at ${config.inference.servers.join(', ')}`;
    const outage = await runStore.judgeOutage(store.db);
    const failed = await readFailed(store);
    if (flags.json)
      return printJson({ database: store.kind, where, judge, judgeOutage: outage, ...overview, failed });
    print(`Data: ${where}${store.remote ? ' (through the running process)' : ''}`);
    print(`Judge: ${judge}`);
    if (outage !== null) print(describeOutage(outage));
    for (const [name, counts] of Object.entries(overview)) print(`${name}: ${describe(counts)}`);
    printFailed(failed);
  } finally {
    await store.close();
  }
}

/** What was given up, in the form that `replay` takes. */
async function readFailed(store: Store) {
  const jobs = (await store.deadJobs()).map(({ id, queue, reason, failedAt }) => ({
    id,
    kind: 'job' as const,
    what: queue,
    reason,
    failedAt,
  }));
  return [...(await deadLetterStore.listDeadLetters(store.db)), ...jobs];
}

function printFailed(failed: Awaited<ReturnType<typeof readFailed>>): void {
  print(`failed: ${failed.length === 0 ? 'none' : `${failed.length}; try again with swe-manager replay ID`}`);
  for (const { id, kind, what, reason, failedAt } of failed) {
    print(`  ${id}  ${kind}  ${what}  ${failedAt?.toISOString() ?? ''}  ${reason.split('\n')[0]}`);
  }
}

function describeOutage({ runs, since, reason }: runStore.JudgeOutage): string {
  const who = runs === 1 ? '1 run waits' : `${runs} runs wait`;
  return `${who} for the inference service since ${since.toISOString()}: ${reason ?? 'it does not answer'}`;
}

function describe(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}
