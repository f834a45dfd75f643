/** Erasure by hand: a person, a repository or an installation asks to be forgotten. */
import { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { openStore, openTraining, systemClock } from '../context.ts';
import { InputError } from '../errors.ts';
import type { Db } from '../ports.ts';
import { installationStore, repositoryStore, taughtModelStore } from '../store/index.ts';
import { eraseMany } from '../tasks/erasure/erase-many.ts';
import { forgetUser } from '../tasks/erasure/forget-user.ts';
import { type ErasedRunTexts, eraseRunTexts } from '../tasks/training/erase-run-texts.ts';
import { printTaughtModels } from './dataset/print.ts';
import { action, print, printJson, progress } from './support.ts';

/** What the one argument names. */
type Kind = 'user' | 'repository' | 'installation';

export function forgetCommand(): Command {
  return new Command('forget')
    .description('erase what a user wrote, or everything of a repository or installation; hashes stay')
    .argument('<subject>', 'a user’s login, OWNER/REPO, or an installation’s number; @LOGIN is always a user')
    .option('--json', 'print what was erased as JSON')
    .addHelpText(
      'after',
      '\nThe text is overwritten in deliveries, revisions, snapshots, prompts, votes and training rows, and in\n' +
        'the files of training runs; exports of existing dataset versions leave the rows out. Files exported before are not reached. This cannot be undone.',
    )
    .action(action(forget));
}

async function forget(name: string, flags: { json?: boolean }): Promise<void> {
  const what = kindOf(name);
  const config = loadConfig();
  const store = await openStore(config);
  try {
    const erased = await erase(store.db, what, name);
    const training = openTraining(config);
    const texts = await eraseRunTexts({ db: store.db, clock: systemClock, training });
    const models = await taughtModelStore.modelsTaughtErasedRows(store.db);
    const runs = namesOf(texts);
    if (flags.json)
      return printJson({ what, ...erased, trainingRuns: runs, modelsTrainedOnErasedRows: models });
    const counts = Object.entries(erased).map(([kind, count]) => `${kind} ${count}`);
    print(`Erased: ${counts.join(', ')}.`);
    for (const run of runs.erased) print(`Sampled answers and log removed: training run ${run}`);
    for (const run of runs.waiting)
      print(`Removed when it ends: sampled answers and log of training run ${run}`);
    printTaughtModels(models);
  } finally {
    await store.close();
  }
}

function namesOf({ erased, waiting }: ErasedRunTexts): Record<keyof ErasedRunTexts, string[]> {
  return { erased: erased.map((run) => run.name), waiting: waiting.map((run) => run.name) };
}

function kindOf(name: string): Kind {
  if (name.includes('/')) return 'repository';
  return /^\d+$/.test(name) ? 'installation' : 'user';
}

/** @throws InputError when there is no such thing. */
async function erase(db: Db, what: Kind, name: string): Promise<Record<string, number>> {
  const at = new Date();
  switch (what) {
    case 'user':
      return { ...(await forgetUser(db, loginOf(name), at)) };
    case 'repository': {
      const [owner = '', repository = ''] = name.split('/');
      const found = await repositoryStore.findRepository(db, owner, repository);
      if (!found) throw new InputError(`Repository ${name} is not known.`, 'Give it as OWNER/REPO.');
      return eraseAll(db, { repositoryId: found.id }, at);
    }
    case 'installation': {
      const id = /^\d{1,15}$/.test(name) ? Number(name) : -1;
      if (!(await installationStore.getInstallation(db, id))) {
        throw new InputError(`Installation ${name} is not known.`, 'Give its number.');
      }
      return eraseAll(db, { installationId: id }, at);
    }
    default:
      return what satisfies never;
  }
}

function loginOf(name: string): string {
  const login = name.replace(/^@/, '');
  if (/^[a-z\d](?:[a-z\d-]{0,98}[a-z\d])?(?:\[bot\])?$/i.test(login)) return login;
  throw new InputError(`${name} is no GitHub login.`, 'Give the login, with or without @.');
}

async function eraseAll(db: Db, of: Parameters<typeof eraseMany>[1], at: Date): Promise<{ issues: number }> {
  const onIssue = (done: number) => progress(`${done} issues`);
  return { issues: await eraseMany(db, of, { reason: 'asked', at, onIssue }) };
}
