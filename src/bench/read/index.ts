/** Reads whatever can be benched on, told apart by name and content. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import type { TaskFile } from '../task.ts';
import { readJudgeThreads } from './judge-threads.ts';
import { readLabelledThreads } from './labelled-threads.ts';
import { readSweLancer } from './swe-lancer.ts';

export interface ReadTasks extends TaskFile {
  readonly path: string;
  /** SHA-256 of what was read, hex: two reports with the same one are about the same tasks. */
  readonly sha256: string;
}

/**
 * @param path SWE-Lancer's CSV (`.csv`), labelled threads (`.jsonl`), one of the project's own threads (`.json`),
 * or a directory of those
 * @throws InputError when it is absent, unreadable, empty or of another kind
 */
export async function readTasks(path: string): Promise<ReadTasks> {
  const files = await filesAt(path);
  const read = parseTasks(path, files);
  if (read.tasks.length === 0) {
    throw new InputError(`${path} has no task with an answer.`, 'Give a file with labelled tasks.');
  }
  const hash = createHash('sha256');
  for (const { text } of files) hash.update(text).update('\0');
  return { ...read, path, sha256: hash.digest('hex') };
}

function parseTasks(path: string, files: readonly { name: string; text: string }[]): TaskFile {
  const [only] = files;
  if (files.length === 1 && only !== undefined) {
    if (/\.csv$/i.test(only.name)) return readSweLancer(only.text, only.name);
    if (/\.jsonl$/i.test(only.name)) return readLabelledThreads(only.text, only.name);
  }
  if (files.length > 0 && files.every(({ name }) => /\.json$/i.test(name))) return readJudgeThreads(files);
  throw new InputError(
    `${path} is of no kind that can be benched on.`,
    'Give SWE-Lancer’s .csv, labelled threads as .jsonl, or a directory of .json threads.',
  );
}

async function filesAt(path: string): Promise<{ name: string; text: string }[]> {
  try {
    const names = (await stat(path)).isDirectory()
      ? (await readdir(path))
          .filter((name) => name.endsWith('.json'))
          .toSorted()
          .map((name) => join(path, name))
      : [path];
    return await Promise.all(names.map(async (name) => ({ name, text: await readFile(name, 'utf8') })));
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(cause);
    throw new InputError(`${path} cannot be read: ${reason}.`, 'Check the path.', { cause });
  }
}
