/** Threads saved to a file: one JSON object, or JSONL with one thread a line, near the shape of GitHub's REST API. */
import * as z from 'zod';
import { InputError } from '../../errors.ts';
import { wellFormed } from '../../markdown/invisible.ts';
import type { Thread } from './types.ts';

const user = z.looseObject({
  login: z.string(),
  id: z.number().nullish(),
  type: z.string().nullish(),
});

const savedThread = z.looseObject({
  repository: z.string(),
  issue: z.looseObject({
    number: z.number().int(),
    title: z.string(),
    body: z.string().nullish(),
    html_url: z.string().nullish(),
    user: user.nullish(),
  }),
  comments: z.array(
    z.looseObject({
      id: z.number().int(),
      html_url: z.string(),
      user: user.nullish(),
      body: z.string().nullish(),
      created_at: z.string().nullish(),
      updated_at: z.string().nullish(),
    }),
  ),
  /** Present where the comments are the listed candidates and nothing else. */
  accepted_comment_ids: z.array(z.number().int()).nullish(),
});

/**
 * Reads one thread.
 * @param text the file's content
 * @param place the file's name, for errors, and the line (from 1) where it holds several threads
 * @throws InputError that names the file, the line and what is wrong
 */
export function parseSavedThread(text: string, place: { file: string; line: string }): Thread {
  const source = pickThread(text, place);
  const parsed = savedThread.safeParse(source);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw new InputError(
      `${place.file} holds no saved thread: ${first?.path.join('.')}: ${first?.message}.`,
      'A thread has repository, issue {number, title, body} and comments [{id, html_url, user, body}].',
    );
  }
  return toThread(parsed.data);
}

function pickThread(text: string, { file, line }: { file: string; line: string }): unknown {
  const whole = tryJson(text);
  const lines = whole === undefined ? text.split('\n').filter((one) => one.trim() !== '') : [];
  const count = whole === undefined ? lines.length : 1;
  const index = Number(line);
  if (!/^\d+$/.test(line) || index < 1 || index > count) {
    const threads = count === 1 ? '1 thread' : `${count} threads`;
    throw new InputError(
      `${file} has ${threads}, and none with number ${line}.`,
      count === 0 ? 'Choose another file.' : `Choose a --number from 1 to ${count}.`,
    );
  }
  if (whole !== undefined) return whole;
  const value = tryJson(lines[index - 1] ?? '');
  if (value === undefined) {
    throw new InputError(
      count === 1 ? `${file} is not JSON.` : `Thread ${line} of ${file} is not JSON.`,
      'The file must be JSON, or JSONL with a thread a line.',
    );
  }
  return value;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The caller decides what it is instead.
  }
}

function toThread(saved: z.output<typeof savedThread>): Thread {
  const { issue } = saved;
  return {
    repository: saved.repository,
    issue: {
      number: issue.number,
      url: issue.html_url ?? `https://github.com/${saved.repository}/issues/${issue.number}`,
      title: wellFormed(issue.title),
      body: wellFormed(issue.body ?? ''),
      author: toAuthor(issue.user),
      state: 'open',
      locked: false,
      labels: [],
    },
    comments: saved.comments.map((comment) => ({
      id: comment.id,
      url: comment.html_url,
      author: toAuthor(comment.user),
      body: wellFormed(comment.body ?? ''),
      createdAt: comment.created_at ?? null,
      updatedAt: comment.updated_at ?? null,
      minimized: false,
      appId: null,
    })),
    listedCandidateIds: saved.accepted_comment_ids ? saved.comments.map((comment) => comment.id) : null,
  };
}

function toAuthor(saved: z.output<typeof user> | null | undefined): Thread['issue']['author'] {
  return { id: saved?.id ?? null, login: saved?.login ?? 'ghost', isBot: saved?.type === 'Bot' };
}
