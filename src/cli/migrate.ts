import { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { openStore } from '../context.ts';
import { action, print } from './support.ts';

export function migrateCommand(): Command {
  return new Command('migrate')
    .description("bring the database to this version's tables; safe to run at any time, from several places")
    .action(
      action(async () => {
        const store = await openStore(loadConfig());
        await store.close();
        print(`The ${store.kind === 'pglite' ? 'embedded database' : 'Postgres database'} is up to date.`);
      }),
    );
}
