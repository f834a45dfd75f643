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
  /** SHA-256 of the file, hex; of a directory, of its files one after another in the order of their names. */
  readonly sha256: string;
}

/**
 * @param path SWE-Lancer's CSV (`.csv`), labelled threads (`.jsonl`), one of the project's own threads (`.json`),
 * or a directory of those
 * @throws InputError when it is absent, unreadable, empty or of another kind
 */
export async function readTasks(path: string): Promise<ReadTasks> {
  const files = await filesAt(path);
  const read = parseTasks(
    path,
    files.map(({ name, bytes }) => ({ name, text: decode(bytes, name) })),
  );
  if (read.tasks.length === 0) {
    throw new InputError(`${path} has no task with an answer.`, 'Give a file with labelled tasks.');
  }
  const hash = createHash('sha256');
  for (const { bytes } of files) hash.update(bytes);
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

/** Without its byte order mark. @throws InputError for another encoding: replaced characters would be judged as text */
function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(`${name} is not UTF-8.`, 'Save it as UTF-8.', { cause });
  }
}

async function filesAt(path: string): Promise<{ name: string; bytes: Uint8Array }[]> {
  try {
    const names = (await stat(path)).isDirectory()
      ? (await readdir(path))
          .filter((name) => name.endsWith('.json'))
          .toSorted()
          .map((name) => join(path, name))
      : [path];
    return await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(name) })));
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(cause);
    throw new InputError(`${path} cannot be read: ${reason}.`, 'Check the path.', { cause });
  }
}
