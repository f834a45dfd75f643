/** Benchmarks that a user names with --decontaminate: what must not be trained on, as numbers and texts. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parse } from 'csv-parse/sync';
import { InputError } from '../../errors.ts';
import type { Benchmark } from '../../pipeline/dataset/decontaminate.ts';
import { parseSavedThread } from '../../pipeline/thread/saved-thread.ts';

type Task = { readonly issue: Benchmark['issues'][number] | null; readonly texts: readonly string[] };

/**
 * @param path a CSV whose `question_id` begins with the issue's number, or saved threads as JSONL
 * @throws InputError that names the line when a part of it cannot be read: a benchmark that is half read protects
 * nobody
 */
export async function readBenchmark(path: string): Promise<Benchmark> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InputError(`${path} cannot be read: ${(cause as Error).message}.`, 'Check the path.', {
      cause,
    });
  });
  const tasks = /\.csv$/i.test(path) ? csvTasks(text, path) : threadTasks(text, path);
  if (tasks.length === 0) throw new InputError(`${path} holds no task.`, 'Give a .csv or .jsonl with tasks.');
  return {
    name: basename(path),
    sha256: createHash('sha256').update(text).digest('hex'),
    repositories: [],
    guardedBelow: null,
    issues: tasks.flatMap(({ issue }) => issue ?? []),
    texts: tasks.map(({ texts }) => texts),
  };
}

function threadTasks(text: string, path: string): Task[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const { repository, issue, comments } = parseSavedThread(line, {
      file: `${path}, line ${index + 1},`,
      line: '1',
    });
    const texts = [`${issue.title}\n${issue.body}`, ...comments.map(({ body }) => body)];
    return [{ issue: { repository, number: issue.number }, texts }];
  });
}

function csvTasks(text: string, path: string): Task[] {
  const rows = parseCsv(text, path);
  return rows.map((row) => {
    const number = /^\D{0,4}(\d{1,9})/.exec(row.question_id ?? row.id ?? '')?.[1];
    const texts = Object.values(row)
      .filter((cell) => cell.length > 60)
      .map(withoutEscapes);
    // The benchmark's rows do not name their repository: the number counts in every one of its names.
    const issue = number === undefined ? null : { repository: 'expensify/app', number: Number(number) };
    return { issue, texts };
  });
}

function parseCsv(text: string, path: string): Record<string, string>[] {
  try {
    return parse(text, { columns: true, bom: true, skip_empty_lines: true });
  } catch (cause) {
    throw new InputError(
      `${path} is no CSV: ${(cause as Error).message}.`,
      'Mend the file, or take it out.',
      {
        cause,
      },
    );
  }
}

/** Cells hold Python literals: their escapes would glue words together. */
function withoutEscapes(cell: string): string {
  return cell.replace(/\\(?:[nrt]|x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8})/gi, ' ').replaceAll('\\', '');
}
