/** Files that appear only when they are complete. */
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InputError } from '../errors.ts';

/**
 * Writes to a neighbour first, flushes it to the disk and renames it at the end: a full disk, a crash or an error
 * of the source leaves what stood under the name as it was, and no half file.
 * @throws InputError when the file cannot be written; whatever the source throws.
 */
export async function writeWholeFile(
  path: string,
  chunks: AsyncIterable<string> | Iterable<string>,
  openStream: (path: string) => Writable = createWriteStream,
): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  const source = noteFailure(chunks);
  try {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(Readable.from(source.chunks()), openStream(partial));
    await flush(partial);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => {}); // The cause says more than what came of tidying up.
    if (source.failed()) throw cause;
    throw new InputError(
      `${path} cannot be written: ${(cause as Error).message}.`,
      'Make room or choose another place; nothing stands under that name that did not stand there before.',
      { cause },
    );
  }
}

/** Tells the source's own failure from that of the disk, which is thrown into a generator too. */
function noteFailure(source: AsyncIterable<string> | Iterable<string>) {
  let failed = false;
  async function* chunks() {
    const iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    try {
      for (;;) {
        const next = await Promise.resolve(iterator.next()).catch((error: unknown) => {
          failed = true;
          throw error;
        });
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { chunks, failed: () => failed };
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
