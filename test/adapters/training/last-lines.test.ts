import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLines } from '../../../src/adapters/training/last-lines.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lines-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function write(text: string): Promise<string> {
  const file = join(dir, 'log');
  await writeFile(file, text);
  return file;
}

describe('lastLines', () => {
  it('gives what there is when there is less', async () => {
    expect(await lastLines(join(dir, 'absent'), 3)).toEqual([]);
    expect(await lastLines(await write(''), 3)).toEqual([]);
    expect(await lastLines(await write('one\ntwo\n'), 3)).toEqual(['one', 'two']);
    expect(await lastLines(await write('one\ntwo'), 1)).toEqual(['two']);
  });

  it('joins lines that are longer than a block, in characters of several bytes', async () => {
    const long = '€'.repeat(800_000);
    expect(await lastLines(await write(`first\n${long}\nlast\n`), 2)).toEqual([long, 'last']);
  });
});
