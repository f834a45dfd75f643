/** The database as a whole: keep a copy, bring it back, move from the embedded one to a server. */
import { createReadStream, createWriteStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { Command } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import { openForTransfer, openStore } from '../context.ts';
import { InputError } from '../errors.ts';
import { action, print, printJson } from './support.ts';
import { writeWholeFile } from './whole-file.ts';

interface Flags {
  readonly json?: boolean;
}

export function dbCommand(): Command {
  const db = new Command('db').description('back up, restore and move the database');
  db.command('backup')
    .description('write everything to a file, as it is at one moment; the App may go on running')
    .argument('<file>', 'appears only when it is complete; readable by you alone')
    .option('--json', 'print what was written as JSON')
    .addHelpText(
      'after',
      '\nThe file holds the texts of deliveries and proposals: keep it as you keep the database.',
    )
    .action(action(backup));
  db.command('restore')
    .description('fill an empty database from a backup, all or nothing')
    .argument('<file>', 'written by `swe-manager db backup`')
    .option('--json', 'print what was restored as JSON')
    .addHelpText(
      'after',
      '\nThe target is DATABASE_URL, or the embedded database of SWE_MANAGER_DATA_DIR. Stop the App first.',
    )
    .action(action(restore));
  db.command('move')
    .description('copy the embedded database to an empty Postgres database; the embedded one stays as it is')
    .requiredOption('--to <url>', 'postgres://user:password@host/database')
    .option('--json', 'print what was moved as JSON')
    .addHelpText(
      'after',
      '\nStop the App first. Afterwards set DATABASE_URL to the same address and start it again.',
    )
    .action(action(move));
  return db;
}

async function backup(file: string, flags: Flags): Promise<void> {
  const store = await openStore(loadConfig());
  try {
    let lines = 0;
    await store.snapshot((chunks) =>
      writeWholeFile(
        file,
        counted(chunks, (count) => {
          lines += count;
        }),
        (path) => createWriteStream(path, { mode: 0o600 }),
      ),
    );
    if (flags.json) printJson({ file, lines });
    else print(`The database is in ${file}.`);
  } finally {
    await store.close();
  }
}

async function* counted(chunks: AsyncIterable<string>, add: (lines: number) => void): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    add(chunk.split('\n').length - 1);
    yield chunk;
  }
}

async function restore(file: string, flags: Flags): Promise<void> {
  await access(file).catch((cause: Error) => {
    throw new InputError(`${file} cannot be read: ${cause.message}.`, 'Check the path.', { cause });
  });
  const target = await openForTransfer(loadConfig());
  try {
    report(flags, 'restored', await target.restore(createReadStream(file, 'utf8')));
  } finally {
    await target.close();
  }
}

async function move({ to, ...flags }: Flags & { to: string }): Promise<void> {
  const config = loadConfig();
  assertMovable(config, to);
  const source = await openForTransfer(config);
  try {
    const target = await openForTransfer({ ...config, databaseUrl: to });
    try {
      report(flags, 'moved', await source.snapshot((chunks) => target.restore(chunks)));
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

function assertMovable(config: Config, to: string): void {
  if (config.databaseUrl !== null) {
    throw new InputError(
      'DATABASE_URL is set, so the App does not use the embedded database.',
      'Unset it to move the embedded one, or use db backup and db restore between servers.',
    );
  }
  if (!/^postgres(ql)?:\/\//.test(to)) {
    throw new InputError(
      '--to is no address of a Postgres database.',
      'Write postgres://user:password@host/database.',
    );
  }
}

function report(flags: Flags, done: string, tables: readonly { name: string; count: number }[]): void {
  const rows = tables.reduce((sum, table) => sum + table.count, 0);
  if (flags.json) printJson({ rows, tables });
  else print(`${rows} rows of ${tables.length} tables were ${done} and compared.`);
}
