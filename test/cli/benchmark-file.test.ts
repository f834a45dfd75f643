import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBenchmark } from '../../src/cli/dataset/benchmark-file.ts';
import { createDecontaminator } from '../../src/pipeline/dataset/decontaminate.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'swe-manager-benchmark-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

const passage = Array.from({ length: 24 }, (_, index) => `passage${index}`).join(' ');
const threadOf = (body: string) => ({
  repository: 'acme/widgets',
  issue: { number: 1, title: 'T', body },
  candidates: [],
});

describe('readBenchmark', () => {
  it('reads saved threads, with or without an answer', async () => {
    const thread = {
      repository: 'acme/widgets',
      issue: { number: 12, title: 'T', body: 'B', html_url: 'https://github.com/acme/widgets/issues/12' },
      comments: [{ id: 3, html_url: 'https://github.com/x#3', user: { login: 'ann' }, body: passage }],
    };
    const benchmark = await readBenchmark(await file('exam.jsonl', `${JSON.stringify(thread)}\n\n`));
    expect(benchmark).toMatchObject({
      name: 'exam.jsonl',
      issues: [{ repository: 'acme/widgets', number: 12 }],
    });
    expect(createDecontaminator([benchmark])(threadOf(passage))).toEqual([
      { benchmark: 'exam.jsonl', rule: 'text' },
    ]);
  });

  it('reads the benchmark’s own columns, Python’s escapes included', async () => {
    const cell = `[{'content': '${passage.replaceAll(' ', '\\n')}'}]`;
    const benchmark = await readBenchmark(
      await file('exam.csv', `question_id,prompt\n4711-manager-0,"${cell}"\n`),
    );
    expect(benchmark.issues).toEqual([{ repository: 'expensify/app', number: 4711 }]);
    expect(createDecontaminator([benchmark])(threadOf(passage))).toHaveLength(1);
  });

  it('reads nothing rather than a part: a broken line is named', async () => {
    const good = JSON.stringify({ repository: 'a/b', issue: { number: 1, title: 'T' }, comments: [] });
    await expect(readBenchmark(await file('x.jsonl', `${good}\n{"broken\n`))).rejects.toThrow(/line 2/);
    await expect(readBenchmark(await file('x.csv', 'a,b\n1\n'))).rejects.toThrow(/is no CSV/);
    await expect(readBenchmark(await file('x.jsonl', '\n'))).rejects.toThrow(/holds no task/);
    await expect(readBenchmark(join(directory, 'absent.jsonl'))).rejects.toThrow(/cannot be read/);
  });
});
