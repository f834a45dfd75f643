/** What may leave of a labelled thread: secrets and personal data replaced, identities dropped. */
import { createAnonymiser } from './anonymise.ts';
import type { DecidedWords, LabelledThread, Words } from './labelled-thread.ts';
import { addCounts, type RedactionCounts, redact } from './redact.ts';

export interface PreparedThread {
  readonly thread: LabelledThread;
  readonly redactions: RedactionCounts;
}

/** Every text of the result is safe to export; names and addresses of comments are gone. */
export async function prepareThread(raw: LabelledThread): Promise<PreparedThread> {
  const redactions: RedactionCounts = {};
  const anonymise = createAnonymiser(raw.logins);
  const clean = async (text: string): Promise<string> => {
    if (text === '') return text;
    const redacted = await redact(text);
    addCounts(redactions, redacted.counts);
    return anonymise(redacted.text);
  };
  const cleanWords = async <T extends Words>(words: T): Promise<T> => ({
    ...words,
    explanation: await clean(words.explanation),
    golden: await clean(words.golden),
    thinking: await clean(words.thinking),
  });
  const { input, decision } = raw;
  const thread: LabelledThread = {
    ...raw,
    logins: [],
    input: {
      repository: '',
      issue: {
        number: input.issue.number,
        title: await clean(input.issue.title),
        body: await clean(input.issue.body),
      },
      candidates: await inTurn(input.candidates, async (candidate) => ({
        ...candidate,
        authorLogin: '',
        url: '',
        body: await clean(candidate.body),
        revisions: [],
      })),
    },
    changedNames: raw.changedNames && (await unchangedBy(clean, raw.changedNames)),
    reason: raw.reason === null ? null : await clean(raw.reason),
    decision: decision === null ? null : await cleanWords<DecidedWords>(decision),
    distilled: await inTurn(raw.distilled, cleanWords),
  };
  return { thread, redactions };
}

/** A name that holds something secret or somebody's is no name to compare with. */
async function unchangedBy(
  clean: (text: string) => Promise<string>,
  names: readonly string[],
): Promise<string[]> {
  const cleaned = await inTurn(names, clean);
  return names.filter((name, index) => cleaned[index] === name);
}

async function inTurn<T, U>(items: readonly T[], change: (item: T) => Promise<U>): Promise<U[]> {
  const changed: U[] = [];
  for (const item of items) changed.push(await change(item));
  return changed;
}
