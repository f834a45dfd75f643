import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSweLancer } from '../../../src/bench/read/swe-lancer.ts';
import type { BenchTask } from '../../../src/bench/task.ts';
import { InputError } from '../../../src/errors.ts';

const TEXT = readFileSync(new URL('../../fixtures/bench/tasks.csv', import.meta.url), 'utf8');
const read = readSweLancer(TEXT, 'tasks.csv');

function task(id: string): BenchTask {
  const found = read.tasks.find((one) => one.id === id);
  if (!found) throw new Error(`no task ${id}`);
  return found;
}

describe('what is read', () => {
  it('is the Manager tasks, and how many others there were', () => {
    expect(read.tasks.map(({ id }) => id)).toEqual([11, 13, 14, 15, 16].map((n) => `${n}-manager-0`));
    expect(read.skipped).toEqual([{ reason: 'not of the variant swe_manager', count: 1 }]);
  });

  it('splits a row into input and answer', () => {
    const { input, answer } = task('11-manager-0');
    expect(answer).toEqual({ numbers: [1], price: 1000 });
    expect(input.repository).toBe('lanternworks/bookshelf');
    expect(input.issue).toMatchObject({ number: 11, title: 'Shelf: books are not sorted by title' });
    expect(input.issue.body).toContain('## Expected Result:\r\nBooks are sorted by title');
    expect(input.candidates.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(input.candidates[0]?.body).toContain(`It's stable: \\d+ stays "as is", emoji 📚.`);
    expect(input.candidates[0]?.revisions).toEqual([
      { body: input.candidates[0]?.body, at: null, hash: expect.stringMatching(/^[\da-f]{64}$/) },
    ]);
  });

  it('keeps ids that are not 0 to n - 1 apart from positions', () => {
    expect(task('13-manager-0').candidateIds).toEqual(['0', '2', '5']);
    expect(task('13-manager-0').answer).toEqual({ numbers: [2], price: 32000 });
  });

  it('reads ids that are quoted or split over lines', () => {
    expect(task('14-manager-0').candidateIds).toEqual(['0', '1']);
    expect(task('14-manager-0').answer.numbers).toEqual([2]);
  });

  it('reads JSON where a row holds JSON', () => {
    expect(task('15-manager-0').answer.numbers).toEqual([4]);
    expect(task('15-manager-0').input.issue.title).toBe('Reader leaks timers');
  });

  it('takes title and description from the prompt where manager_data has none', () => {
    expect(task('16-manager-0').input.issue).toEqual({
      number: 16,
      title: 'Text flashes on start',
      body: expect.stringMatching(/^Flash[\s\S]*It does not$/),
    });
  });

  it('takes them from the prompt where manager_data has them empty', () => {
    const empty = TEXT.replace(/'title': '[^']*'/, "'title': ''");
    expect(empty).not.toBe(TEXT);
    const [first] = readSweLancer(empty, 'tasks.csv').tasks;
    expect(first?.input.issue.title).toBe('Shelf: books are not sorted by title');
  });

  it('gives one pseudonym to an author and one to each unknown', () => {
    const names = task('11-manager-0').input.candidates.map(({ authorLogin }) => authorLogin);
    expect(names).toEqual(['author-1', 'author-2', 'author-1']);
  });

  it('takes proposals of one comment for one author, known or not', () => {
    const proposal = (id: number, address: string) =>
      `{'id': ${id}, 'source_url': '${address}', 'content': 'x'}`;
    const proposals = [
      proposal(0, 'a'),
      proposal(1, 'b'),
      proposal(2, 'a'),
      proposal(3, ''),
      proposal(4, ''),
    ];
    const data = `{'game': {'all_formal_proposals': [${proposals}], 'correct_proposal': {'id': 1}}}`;
    const text = `question_id,variant,price,manager_data\na,swe_manager,5,"${data}"\n`;
    const names = readSweLancer(text, 'f.csv').tasks[0]?.input.candidates.map(
      ({ authorLogin }) => authorLogin,
    );
    expect(names).toEqual(['author-1', 'author-2', 'author-1', 'author-4', 'author-5']);
  });

  it('reads a file with a byte order mark and CRLF line ends alike', () => {
    expect(readSweLancer(`\ufeff${TEXT}`, 'tasks.csv')).toEqual(read);
  });
});

describe('nothing of the answer reaches a judge', () => {
  // The fixture has a canary in every field that the prompt of the benchmark hides.
  it('puts a canary where answers and notes stand', () => {
    expect(TEXT).toMatch(/CANARY_REASON[\s\S]*CANARY_WINNER|CANARY_WINNER[\s\S]*CANARY_REASON/);
    for (const name of ['NOTE', 'ANNA', 'OWNER', 'FIX', 'COMMIT', 'FULL', 'NOTE_URL'])
      expect(TEXT).toContain(`CANARY_${name}`);
  });

  it.each(read.tasks)('$id', ({ input }) => {
    const shown = JSON.stringify(input);
    expect(shown).not.toContain('CANARY');
    expect(shown).not.toMatch(/issuecomment/); // Addresses of proposals, and of the approval.
    expect(shown).not.toMatch(/\bhold\b|\bpaid\b|checklist|awaiting|\$/i);
    expect(shown).not.toMatch(/Upwork|Contributor|Issue Owner/);
  });

  it('shows the same input whatever the answer is', () => {
    const other = readSweLancer(
      TEXT.replaceAll("'correct_proposal': {'id': 0", "'correct_proposal': {'id': 1"),
      'tasks.csv',
    );
    expect(other.tasks[0]?.answer.numbers).toEqual([2]);
    expect(other.tasks.map(({ input }) => input)).toEqual(read.tasks.map(({ input }) => input));
  });
});

describe('a broken file is named', () => {
  const HEAD = 'question_id,variant,price,manager_data\n';
  const GOOD = `"{'game': {'all_formal_proposals': [{'id': 0, 'content': 'x'}, {'id': 1, 'content': 'y'}], 'correct_proposal': {'id': 1}}}"`;
  const row = (id: string, data = GOOD, price = '5') => `${id},swe_manager,${price},${data}\n`;

  it('reads the smallest row', () => {
    const { tasks } = readSweLancer(HEAD + row('7-manager-0'), 'f.csv');
    expect(tasks[0]?.input.issue).toEqual({ number: 7, title: '', body: '' });
  });

  it.each([
    [
      'a literal that is cut',
      row('a') + row('b', '"{\'game\': ["'),
      /Row 2 \(b\) of f\.csv .*manager_data is not a Python literal.*character/,
    ],
    [
      'a missing field',
      row('a', '"{\'game\': {}}"'),
      /Row 1 \(a\) .*manager_data\.game\.all_formal_proposals/,
    ],
    [
      'an answer that is no candidate',
      row('a', GOOD.replace("{'id': 1}", "{'id': 9}")),
      /Row 1 \(a\) .*answer is none of its 2/,
    ],
    [
      'a proposal id twice',
      row('a', GOOD.replace("'id': 1, 'c", "'id': 0, 'c")),
      /Row 1 \(a\) .*proposal 2 has the same proposal id as proposal 1/,
    ],
    [
      'a question id twice',
      row('a') + row('b') + row('a'),
      /f\.csv: row 3 has the same question_id as row 1: a/,
    ],
    ['no question id', row(''), /row 1 has no question_id/],
    ['a price that is no number', row('a', GOOD, 'free'), /Row 1 \(a\) .*price/],
    ['no price', row('a', GOOD, ''), /Row 1 \(a\) .*price/],
    ['a price in another notation', row('a', GOOD, '"1.000,00"'), /Row 1 \(a\) .*price/],
    ['no Manager rows', 'a,ic_swe,5,\n', /f\.csv has no Manager tasks among its 1 rows/],
    ['no rows', '', /no Manager tasks among its 0 rows/],
    ['a row of another length', `${row('a')}b,swe_manager\n`, /is not CSV.*line 3/],
    ['a quote that stays open', 'a,swe_manager,5,"{', /is not CSV/],
  ])('%s', (_, rows, problem) => {
    expect(() => readSweLancer(HEAD + rows, 'f.csv')).toThrow(InputError);
    expect(() => readSweLancer(HEAD + rows, 'f.csv')).toThrow(problem);
  });

  it.each([
    ['1000', 1000],
    ['1000.50', 1000.5],
    ['"$32,000"', 32_000],
  ])('but the price %s is read', (price, dollars) => {
    expect(readSweLancer(HEAD + row('a', GOOD, price), 'f.csv').tasks[0]?.answer.price).toBe(dollars);
  });

  it('a column that stands twice', () => {
    const text = `price,${HEAD}1,${row('a')}`;
    expect(() => readSweLancer(text, 'f.csv')).toThrow('has the column price twice');
  });

  it('a file of other columns', () => {
    expect(() => readSweLancer('a,b\n1,2\n', 'f.csv')).toThrow(
      'lacks the columns question_id, variant, manager_data',
    );
  });
});
