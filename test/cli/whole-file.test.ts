import { createWriteStream, existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWholeFile } from '../../src/cli/whole-file.ts';
import { InputError } from '../../src/errors.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'swe-manager-whole-'));
});
afterEach(() => rm(directory, { recursive: true }));

function* lines(count: number) {
  for (let index = 0; index < count; index += 1) yield `line ${index}\n`;
}

describe('writeWholeFile', () => {
  it('writes everything, into directories that are not there yet', async () => {
    const file = join(directory, 'a/b/rows.jsonl');
    await writeWholeFile(file, lines(3));
    expect(await readFile(file, 'utf8')).toBe('line 0\nline 1\nline 2\n');
    expect(await readdir(join(directory, 'a/b'))).toEqual(['rows.jsonl']);
  });

  it('leaves no half file, and the earlier one as it was, when the disk fills up', async () => {
    const file = join(directory, 'rows.jsonl');
    await writeFile(file, 'earlier\n');
    let left = 100;
    const full = () =>
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          left -= chunk.length;
          done(
            left < 0 ? Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }) : null,
          );
        },
      });
    await expect(writeWholeFile(file, lines(1_000), full)).rejects.toThrow(InputError);
    expect(await readFile(file, 'utf8')).toBe('earlier\n');
    expect(await readdir(directory)).toEqual(['rows.jsonl']);
  });

  it.skipIf(!existsSync('/dev/full'))('says so when the device is really full', async () => {
    const file = join(directory, 'rows.jsonl');
    const failure = writeWholeFile(file, lines(1_000), () => createWriteStream('/dev/full'));
    await expect(failure).rejects.toThrow(/cannot be written: ENOSPC/);
    expect(await readdir(directory)).toEqual([]);
  });

  it('passes on what the source throws', async () => {
    async function* broken() {
      yield 'one\n';
      throw new Error('the database is gone');
    }
    await expect(writeWholeFile(join(directory, 'rows.jsonl'), broken())).rejects.toThrow(
      'the database is gone',
    );
    expect(await readdir(directory)).toEqual([]);
  });
});
