import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTasks } from '../../../src/bench/read/index.ts';
import { readJudgeThreads } from '../../../src/bench/read/judge-threads.ts';
import { readLabelledThreads } from '../../../src/bench/read/labelled-threads.ts';

const comment = (
  id: number,
  url = `https://github.com/lanternworks/bookshelf/issues/1#issuecomment-${id}`,
) => ({
  id,
  html_url: url,
  user: { login: `user-${id}` },
  body: `## Proposal\n\nChange ${id}`,
});

function line(number: number, accepted: number[] | null, more: object = {}): string {
  return JSON.stringify({
    repository: 'lanternworks/bookshelf',
    issue: { number, title: '[HOLD for payment 2031-01-01] Lamp flickers', body: 'Flicker' },
    comments: [comment(30), comment(10), comment(20)],
    accepted_comment_ids: accepted,
    approval_comment_url: 'CANARY',
    price: 500,
    ...more,
  });
}

describe('labelled threads', () => {
  it('are frozen in posting order, with the label as answer', () => {
    const { tasks } = readLabelledThreads(`${line(1, [20])}\n\n${line(2, [30, 10])}\n`, 'f.jsonl');
    expect(tasks.map(({ id, answer }) => [id, answer])).toEqual([
      ['lanternworks/bookshelf#1', { numbers: [2], price: 500 }],
      ['lanternworks/bookshelf#2', { numbers: [1, 3], price: 500 }],
    ]);
    expect(tasks[0]?.input.candidates.map(({ authorLogin }) => authorLogin)).toEqual([
      'user-10',
      'user-20',
      'user-30',
    ]);
    expect(tasks[0]?.input.issue.title).toBe('Lamp flickers');
    expect(JSON.stringify(tasks.map(({ input }) => input))).not.toMatch(/CANARY|accepted|HOLD|500/);
  });

  it('without a label are left out and counted, without a price have none', () => {
    const text = [line(1, null), line(2, []), line(3, [10], { price: null })].join('\n');
    const { tasks, skipped } = readLabelledThreads(text, 'f.jsonl');
    expect(tasks.map(({ answer }) => answer.price)).toEqual([null]);
    expect(skipped).toEqual([{ reason: 'without an accepted proposal', count: 2 }]);
  });

  it.each([
    ['no JSON', '{', /f\.jsonl, line 1, is not JSON|line 1/i],
    [
      'an accepted comment that is not there',
      line(1, [99]),
      /f\.jsonl, line 1: of 1 accepted comments only 0 are among the 3 proposals/,
    ],
    ['one of two accepted that is not there', line(1, [10, 99]), /of 2 accepted comments only 1 are among/],
    [
      'comments of one address, of which none is the accepted one alone',
      line(1, [10], { comments: [comment(10, 'a'), comment(20, 'a')] }),
      /f\.jsonl, line 1: comment 2 has the same html_url as comment 1: a/,
    ],
    [
      'comments without an address',
      line(1, [10], { comments: [comment(10, '')] }),
      /comment 1 has no html_url/,
    ],
    [
      'comments of one id',
      line(1, [10], { comments: [comment(10), comment(10, 'b')] }),
      /comment 2 has the same id as comment 1: 10/,
    ],
    ['a label of another type', line(1, [10], { price: 'much' }), /f\.jsonl, line 1: price/],
    ['a thread twice', `${line(1, [10])}\n${line(1, [20])}`, /line 2 has the same issue as line 1/],
  ])('refuse %s', (_, text, problem) => {
    expect(() => readLabelledThreads(text, 'f.jsonl')).toThrow(problem);
  });
});

describe('the project’s own threads', () => {
  const thread = {
    repository: 'a/b',
    issue: { number: 1, title: 't', body: 'b' },
    candidates: [{ number: 1, authorLogin: 'x', url: 'u', createdAt: null, body: 'p', revisions: [] }],
    preferred: 1,
    why: 'CANARY',
  };

  it('are read without the preference and its reason in the input', () => {
    const { tasks } = readJudgeThreads([{ name: 'dir/lamp.json', text: JSON.stringify(thread) }]);
    expect(tasks).toMatchObject([{ id: 'lamp', answer: { numbers: [1], price: null }, candidateIds: ['1'] }]);
    expect(Object.keys(tasks[0]?.input ?? {}).toSorted()).toEqual(['candidates', 'issue', 'repository']);
  });

  it.each([
    ['no JSON', '{', /lamp\.json is not JSON/],
    ['another shape', '{}', /lamp\.json is no thread for a judge: repository/],
    ['a preference for nobody', JSON.stringify({ ...thread, preferred: 2 }), /preferred names no candidate/],
    [
      'numbers that are no positions',
      JSON.stringify({ ...thread, candidates: [thread.candidates[0], thread.candidates[0]] }),
      /candidates are not numbered from 1 in their order/,
    ],
    [
      'a time that is none',
      JSON.stringify({ ...thread, candidates: [{ ...thread.candidates[0], createdAt: 'yesterday' }] }),
      /candidates\.0\.createdAt/,
    ],
  ])('refuse %s', (_, text, problem) => {
    expect(() => readJudgeThreads([{ name: 'lamp.json', text }])).toThrow(problem);
  });
});

describe('a file', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'read-tasks-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  async function saved(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(join(dir, name), content);
    return join(dir, name);
  }

  it('is named by its SHA-256, and read without its byte order mark', async () => {
    const text = `\ufeff${line(1, [10])}\n`;
    const read = await readTasks(await saved('marked.jsonl', text));
    expect(read.tasks).toHaveLength(1);
    expect(read.sha256).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it.each([
    ['latin1', Buffer.from(line(1, [10], { note: 'naïve' }), 'latin1')],
    ['utf16le', Buffer.from(`\ufeff${line(1, [10])}`, 'utf16le')],
  ])('in %s is refused, not read with other characters', async (name, content) => {
    await expect(readTasks(await saved(`${name}.jsonl`, content))).rejects.toThrow(
      new RegExp(`${name}\\.jsonl is not UTF-8`),
    );
  });
});
