/**
 * Manager tasks in SWE-Lancer's own CSV (https://github.com/openai/SWELancer-Benchmark), columns question_id,
 * variant, price, prompt, manager_data. Each row is split into what a judge may read and the answer.
 *
 * A judge gets what the benchmark's own prompt shows: title, description and the proposals' texts, in the order
 * of the file. It does not get what the prompt hides: proposals' addresses, notes about them, and authors
 * (recorded for half of the proposals only, by a scraper that knew the template), so authors get pseudonyms:
 * one a person where the author is known, one a comment where not.
 */
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { InputError, messageOf } from '../../errors.ts';
import { wellFormed } from '../../markdown/invisible.ts';
import type { Candidate } from '../../pipeline/judge/types.ts';
import { revisionHash } from '../../pipeline/proposals/revision.ts';
import { bodyBeforeTheChoice, titleBeforeTheChoice } from '../../pipeline/thread/before-the-choice.ts';
import type { BenchTask, TaskFile } from '../task.ts';
import { type Literal, LiteralSyntaxError, parseLiteral } from './python-literal.ts';
import { refuseDuplicates } from './unique.ts';

const MANAGER_VARIANT = 'swe_manager';

/** Ids come as numbers or strings, at times quoted twice or split over lines. */
const id = z
  .union([z.number(), z.string()])
  .transform((value) => String(value).replace(/[\s'"]/g, ''))
  .pipe(z.string().min(1));

const managerData = z.looseObject({
  title: z.string().nullish(),
  html_description: z.string().nullish(),
  all_proposals: z.array(z.looseObject({ comment_url: z.string(), author: z.string() })).nullish(),
  game: z.looseObject({
    all_formal_proposals: z
      .array(z.looseObject({ id, source_url: z.string().nullish(), content: z.string() }))
      .min(1),
    correct_proposal: z.looseObject({ id }),
  }),
});

type ManagerData = z.output<typeof managerData>;
type Row = Readonly<Record<string, string>>;

/** Where a row is, for errors. */
interface Place {
  readonly file: string;
  /** From 1, the header not counted. */
  readonly row: number;
  readonly questionId: string;
}

/**
 * Reads the Manager tasks of a file; other rows are counted and left out.
 * @throws InputError that names the row: no CSV, a broken literal, a missing field, an answer that is no
 * candidate, ids that occur twice, no Manager rows at all
 */
export function readSweLancer(text: string, file: string): TaskFile {
  const rows = parseCsv(text, file);
  const managers = rows.map((row, index) => ({ row, place: placeOf(row, index, file) })).filter(isManager);
  if (managers.length === 0) {
    throw new InputError(
      `${file} has no Manager tasks among its ${rows.length} rows.`,
      `Manager tasks have the variant ${MANAGER_VARIANT}.`,
    );
  }
  const tasks = managers.map(({ row, place }) => toTask(row, place));
  refuseDuplicates(
    managers.map(({ place }) => ({ id: place.questionId, place: `row ${place.row}` })),
    { file, what: 'question_id' },
  );
  const others = rows.length - managers.length;
  const skipped = others > 0 ? [{ reason: `not of the variant ${MANAGER_VARIANT}`, count: others }] : [];
  return { format: 'swe-lancer-csv', tasks, skipped };
}

function isManager({ row }: { row: Row }): boolean {
  return row.variant?.trim() === MANAGER_VARIANT;
}

function placeOf(row: Row, index: number, file: string): Place {
  return { file, row: index + 1, questionId: (row.question_id ?? '').replace(/[\s'"]/g, '') };
}

function parseCsv(text: string, file: string): Row[] {
  let rows: Row[];
  try {
    rows = parse(text, { bom: true, columns: (head) => headOf(head, file), skip_empty_lines: true });
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const problem = messageOf(cause);
    throw new InputError(`${file} is not CSV: ${problem}.`, 'Give a file in SWE-Lancer’s format.', { cause });
  }
  const columns = Object.keys(rows[0] ?? {});
  const missing = ['question_id', 'variant', 'manager_data'].filter((name) => !columns.includes(name));
  if (rows.length > 0 && missing.length > 0) {
    throw new InputError(
      `${file} lacks the columns ${missing.join(', ')}.`,
      'A benchmark file has the columns question_id, variant, price, prompt and manager_data.',
    );
  }
  return rows;
}

/** @throws InputError for a name that stands twice: of two columns the last would win without a word */
function headOf(names: string[], file: string): string[] {
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice === undefined) return names;
  throw new InputError(
    `${file} has the column ${twice.slice(0, 60)} twice.`,
    'Rename one, or take it out of the file.',
  );
}

function toTask(row: Row, place: Place): BenchTask {
  const data = managerDataOf(row, place);
  const issue = issueOf(data, row, place);
  const proposals = data.game.all_formal_proposals;
  const ids = proposals.map((proposal) => proposal.id);
  refuseDuplicates(
    ids.map((one, index) => ({ id: one, place: `proposal ${index + 1}` })),
    { file: `${describe(place)}`, what: 'proposal id' },
  );
  const answer = ids.indexOf(data.game.correct_proposal.id) + 1;
  if (answer === 0) throw broken(place, `its answer is none of its ${ids.length} proposals`);
  return {
    id: place.questionId,
    input: {
      repository: issue.repository,
      issue: { number: issue.number, title: issue.title, body: issue.body },
      candidates: candidatesOf(data, issue),
    },
    answer: { numbers: [answer], price: priceOf(row, place) },
    candidateIds: ids,
  };
}

function managerDataOf(row: Row, place: Place): ManagerData {
  const parsed = managerData.safeParse(literalOf(row, 'manager_data', place));
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw broken(place, `manager_data.${first?.path.join('.')}: ${first?.message}`);
}

function literalOf(row: Row, column: string, place: Place): Literal {
  try {
    return parseLiteral(row[column] ?? '');
  } catch (cause) {
    if (!(cause instanceof LiteralSyntaxError)) throw cause;
    throw broken(place, `${column} is not a Python literal: ${cause.message}`, cause);
  }
}

/** `1000`, `1000.50`, `$1,000`: other notations could be misread by a factor of a thousand. */
const DOLLARS = /^\$?(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.\d*)?$/;

/** US dollars. */
function priceOf(row: Row, place: Place): number {
  const price = (row.price ?? '').trim();
  if (!DOLLARS.test(price)) throw broken(place, 'its price is no amount of dollars');
  return Number(price.replace(/[$,]/g, ''));
}

interface TaskIssue {
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly body: string;
}

function issueOf(data: ManagerData, row: Row, place: Place): TaskIssue {
  const shown = data.title && data.html_description ? null : promptIssue(row, place);
  const address = data.game.all_formal_proposals
    .map(({ source_url }) => /github\.com\/([\w.-]+\/[\w.-]+)\/issues\/(\d{1,10})/.exec(source_url ?? ''))
    .find((match) => match !== null);
  return {
    repository: address?.[1] ?? 'Expensify/App',
    number: Number(address?.[2] ?? /^\d{1,10}/.exec(place.questionId)?.[0] ?? place.row),
    title: titleBeforeTheChoice(wellFormed(data.title || (shown?.title ?? ''))),
    body: bodyBeforeTheChoice(wellFormed(data.html_description || (shown?.body ?? ''))),
  };
}

/** Title and description as the benchmark's prompt states them, for rows whose manager_data has neither. */
function promptIssue(row: Row, place: Place): { title: string; body: string } | null {
  const messages = z
    .array(z.looseObject({ content: z.string() }))
    .safeParse(row.prompt ? literalOf(row, 'prompt', place) : []);
  const prompt = messages.success ? (messages.data[0]?.content ?? '') : '';
  const opening = prompt.indexOf('following issue:');
  const closing = prompt.indexOf('You will be paid', opening);
  if (opening < 0 || closing < 0) return null;
  const [title = '', ...body] = prompt
    .slice(opening + 'following issue:'.length, closing)
    .trim()
    .split('\n');
  return { title: title.trim(), body: body.join('\n').trim() };
}

function candidatesOf(data: ManagerData, issue: TaskIssue): Candidate[] {
  const pseudonym = pseudonyms(data);
  return data.game.all_formal_proposals.map((proposal, index) => {
    const body = wellFormed(proposal.content);
    return {
      number: index + 1,
      authorLogin: pseudonym(proposal.source_url ?? null, index),
      url: `https://github.com/${issue.repository}/issues/${issue.number}#proposal-${index + 1}`,
      createdAt: null,
      body,
      revisions: [{ hash: revisionHash(body), body, at: null }],
    };
  });
}

/** The same name for the same author: of whoever is known, and of one comment that holds several proposals. */
function pseudonyms(data: ManagerData): (sourceUrl: string | null, index: number) => string {
  const authors = new Map((data.all_proposals ?? []).map((known) => [known.comment_url, known.author]));
  const named = new Map<string, string>();
  return (sourceUrl, index) => {
    const own = `author-${index + 1}`;
    if (!sourceUrl) return own;
    const author = authors.get(sourceUrl) ?? sourceUrl;
    const name = named.get(author) ?? own;
    named.set(author, name);
    return name;
  };
}

function describe({ file, row, questionId }: Place): string {
  return `Row ${row}${questionId ? ` (${questionId.slice(0, 60)})` : ''} of ${file}`;
}

function broken(place: Place, problem: string, cause?: unknown): InputError {
  return new InputError(
    `${describe(place)} cannot be read: ${problem}.`,
    'Mend the row, or take it out of the file.',
    { cause },
  );
}
