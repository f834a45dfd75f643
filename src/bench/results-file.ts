/** The per-task JSONL: what a run leaves behind, and what `bench compare` reads. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { InputError, messageOf } from '../errors.ts';
import { refuseDuplicates } from './read/unique.ts';
import type { TaskResult } from './run.ts';

export const RESULTS_FILE = 'tasks.jsonl';

/** What comparing needs; lines may hold more, and other tools' lines may hold less than ours. */
const resultLine = z.looseObject({
  id: z.string().min(1),
  correct: z.boolean(),
  price: z
    .number()
    .nonnegative()
    .nullish()
    .transform((price) => price ?? null),
  answer: z
    .array(z.union([z.number(), z.string()]))
    .nullish()
    .transform((answer) => answer ?? null),
});

export type ResultLine = Pick<z.output<typeof resultLine>, 'id' | 'correct' | 'price'> & {
  readonly answer: readonly (number | string)[] | null;
};

export interface ResultsFile {
  /** As given: a file, or the directory it lies in. */
  readonly name: string;
  readonly results: readonly ResultLine[];
}

export function toJsonLines(results: readonly TaskResult[]): string {
  return results.map((result) => `${JSON.stringify(result)}\n`).join('');
}

/**
 * @param path a per-task JSONL file, or the directory that `--out` named
 * @throws InputError when it is absent, or names the line that is no result or repeats an id
 */
export async function readResults(path: string): Promise<ResultsFile> {
  const { file, text } = await open(path);
  const lines = text
    .split('\n')
    .map((line, index) => ({ line, place: `line ${index + 1}` }))
    .filter(({ line }) => line.trim() !== '');
  const results = lines.map(({ line, place }) => parseLine(line, `${file}, ${place}`));
  if (results.length === 0)
    throw new InputError(`${file} has no results.`, 'Run the bench with --out first.');
  refuseDuplicates(
    results.map(({ id }, index) => ({ id, place: lines[index]?.place ?? '' })),
    { file, what: 'task id' },
  );
  return { name: path, results };
}

async function open(path: string): Promise<{ file: string; text: string }> {
  try {
    const file = (await stat(path)).isDirectory() ? join(path, RESULTS_FILE) : path;
    return { file, text: await readFile(file, 'utf8') };
  } catch (cause) {
    throw new InputError(
      `${path} cannot be read: ${messageOf(cause)}.`,
      `Give a ${RESULTS_FILE}, or the directory that --out named.`,
      { cause },
    );
  }
}

function parseLine(line: string, place: string): ResultLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new InputError(`${place}: not JSON.`, 'Give the per-task JSONL of a bench run.', { cause });
  }
  const parsed = resultLine.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new InputError(
    `${place}: ${first?.path.join('.')}: ${first?.message}.`,
    'A result has id and correct, and should have price.',
  );
}
