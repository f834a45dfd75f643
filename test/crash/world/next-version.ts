/** The next version of the program: this one's sources with one migration more, in a directory of its own. */
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../../..');
const TAG = '9999_next';

/** What a migration does here: it only adds. */
const STATEMENTS = [
  `alter table commands add column urgency text not null default 'normal'`,
  'alter table effects add column audience text',
  `alter table deliveries add column region text not null default 'eu'`,
  'alter table runs add column budget integer not null default 0',
  'alter table installations add column plan jsonb',
  'create table plans (id uuid primary key, installation_id bigint references installations (id))',
  'create index commands_urgency on commands (urgency)',
];

interface Journal {
  readonly entries: { idx: number; version: string; when: number; tag: string; breakpoints: boolean }[];
}

/** @returns the path of its command. */
export function makeNextVersion(directory: string): string {
  const root = path.join(directory, 'next-version');
  for (const part of ['src', 'migrations', 'package.json'])
    cpSync(path.join(ROOT, part), path.join(root, part), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
  writeFileSync(
    path.join(root, 'migrations', `${TAG}.sql`),
    STATEMENTS.join(';\n--> statement-breakpoint\n'),
  );
  const journalFile = path.join(root, 'migrations/meta/_journal.json');
  const journal = JSON.parse(readFileSync(journalFile, 'utf8')) as Journal;
  const last = journal.entries.at(-1);
  if (!last) throw new Error('there are no migrations');
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: TAG });
  writeFileSync(journalFile, JSON.stringify(journal));
  return path.join(root, 'src/cli/bin.js');
}
