/** The project's own threads: one JSON file each, a judge's input plus `preferred`, the number of the best. */
import * as z from 'zod';
import { InputError } from '../../errors.ts';
import type { BenchTask, TaskFile } from '../task.ts';

const time = z.iso.datetime({ offset: true }).nullable();

const judgeThread = z.object({
  repository: z.string(),
  issue: z.object({ number: z.number().int(), title: z.string(), body: z.string() }),
  candidates: z
    .array(
      z.object({
        number: z.number().int(),
        authorLogin: z.string(),
        url: z.string(),
        createdAt: time,
        body: z.string(),
        revisions: z.array(z.object({ hash: z.string(), body: z.string(), at: time })),
      }),
    )
    .min(1),
  preferred: z.number().int(),
});

/**
 * @param files each file's name and content; the name identifies the task
 * @throws InputError that names the file
 */
export function readJudgeThreads(files: readonly { name: string; text: string }[]): TaskFile {
  return { format: 'judge-threads', tasks: files.map(toTask), skipped: [] };
}

function toTask({ name, text }: { name: string; text: string }): BenchTask {
  const parsed = judgeThread.safeParse(jsonOf(text, name));
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw new InputError(
      `${name} is no thread for a judge: ${first?.path.join('.')}: ${first?.message}.`,
      'It needs repository, issue, candidates and preferred.',
    );
  }
  const { preferred, ...input } = parsed.data; // z.object has dropped every other key, such as the reason.
  if (!input.candidates.some(({ number }) => number === preferred)) {
    throw new InputError(`${name}: preferred names no candidate.`, 'Give the number of a candidate.');
  }
  if (input.candidates.some(({ number }, index) => number !== index + 1)) {
    throw new InputError(
      `${name}: its candidates are not numbered from 1 in their order.`,
      'Give them in posting order, numbered 1, 2, 3 and so on.',
    );
  }
  return {
    id: name.replace(/^.*[\\/]/, '').replace(/\.json$/, ''),
    input,
    answer: { numbers: [preferred], price: null },
    candidateIds: input.candidates.map(({ number }) => String(number)),
  };
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(`${name} is not JSON.`, 'Mend the file.', { cause });
  }
}
