/** Runs again what was given up: the running App takes it up within its next look around. */
import { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { openStore, type Store } from '../context.ts';
import { InputError } from '../errors.ts';
import { deadLetterStore } from '../store/index.ts';
import { action, print, printJson } from './support.ts';

interface ReplayFlags {
  readonly all?: boolean;
  readonly json?: boolean;
}

export function replayCommand(): Command {
  return new Command('replay')
    .description('run again what was given up; `swe-manager status` lists it with its ids')
    .argument('[id]', 'one entry of the list')
    .option('--all', 'every entry of the list')
    .option('--json', 'print the replayed ids as JSON')
    .addHelpText(
      'after',
      '\nA running App takes it up within seconds (LOOK_AROUND_MS); otherwise it is taken up at the next start.',
    )
    .action(action(replay));
}

async function replay(id: string | undefined, flags: ReplayFlags): Promise<void> {
  if ((id === undefined) === !flags.all) {
    throw new InputError('Give either one id or --all.', 'swe-manager status lists what failed.');
  }
  const store = await openStore(loadConfig());
  try {
    const ids = await replayEntries(store, id ?? null);
    if (id !== undefined && ids.length === 0) {
      throw new InputError(`Nothing that failed has the id ${id}.`, 'See swe-manager status.');
    }
    if (flags.json) printJson({ replayed: ids });
    else
      print(ids.length === 1 ? '1 entry will be tried again.' : `${ids.length} entries will be tried again.`);
  } finally {
    await store.close();
  }
}

/** @returns the ids of what is to be tried again. */
export async function replayEntries(
  store: Pick<Store, 'db' | 'deadJobs' | 'forgetDeadJob'>,
  id: string | null,
): Promise<string[]> {
  const replayed: string[] = [];
  for (const letter of await deadLetterStore.listDeadLetters(store.db, Number.MAX_SAFE_INTEGER)) {
    if (id !== null && letter.id !== id) continue;
    if (await deadLetterStore.replay(store.db, letter)) replayed.push(letter.id);
  }
  for (const job of await store.deadJobs()) {
    if (id !== null && job.id !== id) continue;
    await store.forgetDeadJob(job.id);
    replayed.push(job.id);
  }
  return replayed;
}
