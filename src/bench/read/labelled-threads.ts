/**
 * Issue threads with what their maintainers chose: JSONL, one saved thread a line, with `accepted_comment_ids`
 * and, where known, `price` in US dollars. Comments are frozen as in production, authors included.
 */
import * as z from 'zod';
import { InputError } from '../../errors.ts';
import { freezeThread } from '../../pipeline/decision/freeze-thread.ts';
import { bodyBeforeTheChoice, titleBeforeTheChoice } from '../../pipeline/thread/before-the-choice.ts';
import { parseSavedThread } from '../../pipeline/thread/saved-thread.ts';
import type { BenchTask, Skipped, TaskFile } from '../task.ts';
import { refuseDuplicates } from './unique.ts';

const label = z.looseObject({
  accepted_comment_ids: z.array(z.number().int()).nullish(),
  price: z.number().nonnegative().nullish(),
});

/**
 * @throws InputError that names the line: no thread, an accepted comment that is no proposal, comments that cannot be
 * told apart, a thread twice
 */
export function readLabelledThreads(text: string, file: string): TaskFile {
  const lines = text
    .split('\n')
    .map((line, index) => ({ line, place: `line ${index + 1}` }))
    .filter(({ line }) => line.trim() !== '');
  const read = lines.map(({ line, place }) => ({ place, task: toTask(line, { file, place }) }));
  const labelled = read.flatMap(({ place, task }) => (task === null ? [] : [{ place, task }]));
  refuseDuplicates(
    labelled.map(({ place, task }) => ({ id: task.id, place })),
    { file, what: 'issue' },
  );
  return {
    format: 'labelled-threads',
    tasks: labelled.map(({ task }) => task),
    skipped: unlabelled(read.length - labelled.length),
  };
}

function unlabelled(count: number): Skipped[] {
  return count > 0 ? [{ reason: 'without an accepted proposal', count }] : [];
}

/** Null when the thread has no label. */
function toTask(line: string, { file, place }: { file: string; place: string }): BenchTask | null {
  const thread = parseSavedThread(line, { file: `${file}, ${place},`, line: '1' });
  refuseTwins(thread.comments, `${file}, ${place}`);
  const parsed = label.safeParse(JSON.parse(line)); // parseSavedThread has read the same line as JSON.
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw new InputError(
      `${file}, ${place}: ${first?.path.join('.')}: ${first?.message}.`,
      'Mend the line, or take it out.',
    );
  }
  const accepted = new Set(parsed.data.accepted_comment_ids ?? []);
  if (accepted.size === 0) return null;
  const urls = new Set(thread.comments.filter(({ id }) => accepted.has(id)).map(({ url }) => url));
  const frozen = freezeThread(thread);
  const numbers = frozen.candidates.filter(({ url }) => urls.has(url)).map(({ number }) => number);
  if (numbers.length < accepted.size) {
    throw new InputError(
      `${file}, ${place}: of ${accepted.size} accepted comments only ${numbers.length} are among the ${frozen.candidates.length} proposals.`,
      'accepted_comment_ids must name comments of the thread.',
    );
  }
  const { issue } = frozen;
  return {
    id: `${frozen.repository}#${issue.number}`,
    input: {
      ...frozen,
      issue: { ...issue, title: titleBeforeTheChoice(issue.title), body: bodyBeforeTheChoice(issue.body) },
    },
    answer: { numbers, price: parsed.data.price ?? null },
    candidateIds: frozen.candidates.map(({ url }) => url),
  };
}

/** The answer is found by id and address: two comments that share one would both count as right. */
function refuseTwins(comments: readonly { readonly id: number; readonly url: string }[], file: string): void {
  const places = comments.map((comment, index) => ({ ...comment, place: `comment ${index + 1}` }));
  refuseDuplicates(
    places.map(({ id, place }) => ({ id: String(id), place })),
    { file, what: 'id' },
  );
  refuseDuplicates(
    places.map(({ url, place }) => ({ id: url, place })),
    { file, what: 'html_url' },
  );
}
